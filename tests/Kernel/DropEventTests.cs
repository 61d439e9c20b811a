using System.Buffers.Binary;
using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>What is said of a dropped packet in the ring <c>events</c>.</summary>
[Trait("needs", "root")]
public sealed class DropEventTests : IDisposable
{
    private readonly NodeA node = new();
    private readonly EventRing ring;

    public DropEventTests() => ring = new EventRing(Path.Combine(node.Datapath.Programs.Directory, "maps/events"));

    [Theory]
    [InlineData("10.10.0.5", "10.10.0.9")]
    [InlineData("fd10::5", "fd10::9")]
    public void An_event_says_who_sent_what_where_and_why(string from, string to)
    {
        var frame = Ethernet(Mac.Gateway, node.RedPod.Mac, UdpPacket(Address.Parse(from), Address.Parse(to)));
        node.Run(node.Datapath.Programs.FromPod, node.RedPod.IfIndex, frame);
        var said = Assert.Single(ring.Read());
        Assert.InRange(said.Nanoseconds, 1ul, ulong.MaxValue);
        Assert.Equal(
            new EventRecord(
                said.Nanoseconds,
                EventKind.Drop,
                Direction.FromPod,
                DropReason.StaticDrop,
                NodeA.Red,
                (uint)node.RedPod.IfIndex,
                (uint)frame.Length,
                AddressOctets.From(Address.Parse(from)),
                AddressOctets.From(Address.Parse(to)),
                BinaryPrimitives.ReverseEndianness((ushort)40000),
                BinaryPrimitives.ReverseEndianness((ushort)8080),
                Udp,
                Address.Parse(from).Family,
                0
            ),
            said
        );
    }

    // The inner packet's addresses where it was read, else the outer ones.
    [Theory]
    [InlineData(101u, DropReason.StaleLabel, "10.10.0.7", "10.10.0.5", NodeA.Red)]
    [InlineData(4711u, DropReason.UnknownLabel, "172.30.2.2", "172.30.1.2", 0)]
    public void An_event_from_the_underlay_names_what_was_known_by_then(
        uint label,
        DropReason reason,
        string from,
        string to,
        ushort vrf
    )
    {
        var inner = UdpPacket(Address.Parse("10.10.0.7"), Address.Parse("10.10.0.5"));
        var outer = Vxlan(NodeA.NodeB, NodeA.Local, label, Ethernet(Mac.Gateway, Mac.Gateway, inner));
        node.Run(
            node.Datapath.Programs.FromUnderlay,
            node.Underlay.IfIndex,
            Ethernet(node.Underlay.Mac, Mac.Gateway, outer)
        );
        var said = Assert.Single(ring.Read());
        Assert.Equal(
            (Direction.FromUnderlay, reason, (uint)vrf, Address.Parse(from), Address.Parse(to)),
            (
                said.Direction,
                said.Reason,
                said.Vrf,
                said.SAddr.ToAddress(said.Family),
                said.DAddr.ToAddress(said.Family)
            )
        );
    }

    // A test run stays on one CPU or moves to another of few: each has a budget, at most two seconds' of it in this loop.
    [Fact]
    public void A_flood_of_one_reason_leaves_room_for_another()
    {
        const uint limit = 5;
        var settings = Settings();
        node.Datapath.Maps.Settings.Set(0, settings with { EventLimit = limit });
        for (var i = 0; i < 2000; i++)
        {
            Drop(9);
        }
        var flood = ring.Read();
        Assert.All(flood, said => Assert.Equal(DropReason.StaticDrop, said.Reason));
        var seconds = flood.Select(said => said.Nanoseconds >> 30).Distinct().Count();
        Assert.InRange((uint)flood.Count, limit, limit * (uint)(seconds * Environment.ProcessorCount));
        Drop(99);
        Assert.Equal(DropReason.NoRoute, Assert.Single(ring.Read()).Reason);
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(1u, 300)]
    public void All_or_none_is_sampled(uint sample, int events)
    {
        node.Datapath.Maps.Settings.Set(0, Settings() with { EventSample = sample, EventLimit = 0 });
        for (var i = 0; i < 300; i++)
        {
            Drop(9);
        }
        Assert.Equal(events, ring.Read().Count);
    }

    public void Dispose()
    {
        ring.Dispose();
        node.Dispose();
    }

    private Settings Settings()
    {
        Assert.True(node.Datapath.Maps.Settings.TryGet(0, out var settings));
        return settings;
    }

    private void Drop(int to) =>
        node.Run(
            node.Datapath.Programs.FromPod,
            node.RedPod.IfIndex,
            Ethernet(
                Mac.Gateway,
                node.RedPod.Mac,
                UdpPacket(Address.Parse("10.10.0.5"), Address.Parse($"10.10.0.{to}"))
            )
        );
}
