using Tombolo.Agent.Datapath;
using Tombolo.Agent.Interfaces;
using Tombolo.Agent.Node;
using Tombolo.Agent.Telemetry;
using Tombolo.Stream;
using Tombolo.Values;
using Tombolo.Values.Drops;

namespace Tombolo.Tests.NodeAgent;

public class DropWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 10, TimeSpan.Zero);

    private readonly DropWords words;

    public DropWordsTests()
    {
        var state = new NodeState([
            new Entry
            {
                Vrf = new Vrf { Name = "red/island", Index = 7 },
            },
        ]);
        var attachment = new Tombolo.Agent.Interfaces.Attachment(
            "c",
            "eth0",
            "/n",
            "u",
            "p",
            "red",
            "a",
            12,
            "tb0",
            20
        );
        words = new DropWords(state, [new Known("u", new Label(20)) { Attachment = attachment }], "eth9", 2);
    }

    [Fact]
    public void An_event_has_names_for_network_pod_device_reason_and_protocol()
    {
        var said = new EventRecord(
            4_000_000_000,
            EventKind.Drop,
            Direction.FromPod,
            DropReason.SpoofedAddress,
            7,
            12,
            98,
            AddressOctets.From(Address.Parse("10.10.0.9")),
            AddressOctets.From(Address.Parse("10.10.0.2")),
            0x5000, // network order
            0x3500,
            17,
            Values.AddressFamily.IPv4,
            0
        );
        // Five seconds since boot: the packet was dropped a second ago.
        Assert.Equal(
            new SampledDrop(
                Now.AddSeconds(-1),
                "from_pod",
                "red/island",
                "red/a",
                "tb0",
                "spoofed_address",
                "10.10.0.9",
                80,
                "10.10.0.2",
                53,
                "udp",
                98
            ),
            words.Of([said], Now, TimeSpan.FromSeconds(5)).Single()
        );
    }

    [Fact]
    public void What_has_no_name_is_told_by_its_number_and_what_was_not_read_is_left_out()
    {
        var said = new EventRecord
        {
            Kind = EventKind.Drop,
            Direction = Direction.FromUnderlay,
            Reason = (DropReason)999,
            Vrf = 8,
            IfIndex = 2,
            Proto = 99,
        };
        var drops = words.Of([said, said with { Vrf = 0, IfIndex = 77 }], Now, TimeSpan.Zero);
        Assert.Equal(["vrf 8", ""], drops.Select(drop => drop.Network));
        Assert.Equal(["eth9", "if 77"], drops.Select(drop => drop.Device));
        Assert.All(
            drops,
            drop =>
                Assert.Equal(
                    (null, null, null, "999", "99"),
                    (drop.Pod, drop.Source, drop.Destination, drop.Reason, drop.Protocol)
                )
        );
    }

    [Fact]
    public void Only_drops_are_told_of_all_events() =>
        Assert.Empty(words.Of([new EventRecord { Kind = EventKind.FlowStart }], Now, TimeSpan.Zero));

    [Theory]
    [InlineData("", 3)]
    [InlineData("red/island", 1)]
    [InlineData("blue/island", 0)]
    public void Counters_are_those_of_the_network_asked_for(string network, int count)
    {
        DumpedDrop[] counters =
        [
            new("no_route", "from_pod", 7, 3, 300),
            new("no_route", "from_pod", 8, 2, 200),
            new("malformed", "from_underlay", 0, 1, 100),
        ];
        var told = words.Of(counters, network);
        Assert.Equal(count, told.Count);
        Assert.All(
            told.Take(1),
            drop => Assert.Equal(new CountedDrop("red/island", "from_pod", "no_route", 3, 300), drop)
        );
    }
}
