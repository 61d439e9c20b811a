using Google.Protobuf;
using Tombolo.Agent.Datapath;
using Tombolo.Agent.Node;
using Tombolo.Stream;
using Tombolo.Values;
using Encapsulation = Tombolo.Stream.Encapsulation;
using Prefix = Tombolo.Stream.Prefix;

namespace Tombolo.Tests.NodeAgent;

/// <summary>How packets to another node are carried: the first enabled encapsulation that both ends know.</summary>
public class EncapsulationTests
{
    private const Encapsulation Vxlan = Encapsulation.Vxlan;
    private const Encapsulation Mpls = Encapsulation.MplsInUdp;
    private const Encapsulation Newer = (Encapsulation)9;

    public static TheoryData<Encapsulation[], Encapsulation[], Encapsulation[], Encap?> Pairs =>
        new()
        {
            // enabled, the far end's, the path's own -> sent
            { [Vxlan], [Vxlan, Mpls], [], Encap.Vxlan },
            { [Mpls], [Vxlan, Mpls], [], Encap.MplsUdp },
            { [Mpls, Vxlan], [Vxlan, Mpls], [], Encap.MplsUdp },
            { [Vxlan, Mpls], [Mpls, Vxlan], [], Encap.Vxlan },
            { [Mpls, Vxlan], [Vxlan], [], Encap.Vxlan },
            { [Newer, Mpls], [Newer, Mpls], [], Encap.MplsUdp },
            { [Mpls], [Vxlan], [], null },
            { [], [Vxlan, Mpls], [], Encap.Vxlan },
            { [Mpls, Vxlan], [], [], Encap.Vxlan },
            { [Mpls], [], [], null },
            { [Vxlan, Mpls], [Vxlan, Mpls], [Mpls], Encap.MplsUdp },
            { [Vxlan], [Vxlan, Mpls], [Mpls], null },
        };

    [Theory, MemberData(nameof(Pairs))]
    public void The_first_enabled_that_both_know_is_used(
        Encapsulation[] enabled,
        Encapsulation[] far,
        Encapsulation[] path,
        Encap? sent
    )
    {
        var state = State(enabled, far, path);
        var here = new Translation.Here(new NodeName(1, "node-1"), Address.Parse("172.30.1.2"), 2, 1500);
        var hop = Assert.Single(Translation.Of(state, [], here).Routes).NextHop;
        Assert.Equal(
            sent is { } encap
                ? new WantedNextHop.Tunnel(Address.Parse("172.30.2.2"), 17, encap)
                : new WantedNextHop.Drop(DropReason.Unsupported),
            hop
        );
    }

    [Theory]
    [InlineData(1450, new Encapsulation[0])]
    [InlineData(1450, new[] { Vxlan })]
    [InlineData(1468, new[] { Mpls })]
    [InlineData(1450, new[] { Mpls, Vxlan })]
    [InlineData(1450, new[] { Vxlan, Mpls })]
    public void Pods_have_room_for_the_largest_enabled(int mtu, Encapsulation[] enabled) =>
        Assert.Equal(mtu, State(enabled, [], []).PodMtu(1500));

    private static NodeState State(Encapsulation[] enabled, Encapsulation[] far, Encapsulation[] path) =>
        new([
            new Entry { Settings = new() { Encapsulations = { enabled } } },
            new Entry
            {
                Vrf = new Vrf { Name = "red/net", Index = 1 },
            },
            new Entry
            {
                Tunnel = new Tunnel
                {
                    Cluster = 1,
                    Node = "node-2",
                    Addresses = { Octets("172.30.2.2") },
                    Encapsulations = { far },
                },
            },
            new Entry
            {
                Route = new Route
                {
                    Vrf = "red/net",
                    Prefix = new Prefix { Address = Octets("10.10.0.7"), Length = 32 },
                    Paths =
                    {
                        new Tombolo.Stream.Path
                        {
                            Cluster = 1,
                            Node = "node-2",
                            Label = 17,
                            Up = true,
                            Interface = new Empty(),
                            Encapsulations = { path },
                        },
                    },
                },
            },
        ]);

    private static ByteString Octets(string address) => ByteString.CopyFrom(Address.Parse(address).ToArray());
}
