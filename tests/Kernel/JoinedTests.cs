using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>What routes between networks and by way of pods mean to the programs, in IPv4 and IPv6 alike.</summary>
[Trait("needs", "root")]
public sealed class JoinedTests(NodeA node) : IClassFixture<NodeA>
{
    private static readonly Mac Us = new(0x02_00_00_00_00_01);
    private static readonly Mac Router = new(0x02_99_99_99_99_99);

    // Behind RedPod (10.60.0.0/16, and 10.61.0.0/16 which it has no other way to), in Blue (10.62.0.0/16).
    private WantedState Joined(bool deny = false)
    {
        var (red, other, blue) = (To(node.RedPod), To(node.RedOther), To(node.BluePod));
        WantedRoute Transit(string prefix, WantedRoute? otherwise) =>
            new(NodeA.Red, Prefix.Parse(prefix), red, Own: false) { Transit = true, Otherwise = otherwise };
        WantedRoute Away(string prefix) =>
            new(NodeA.Red, Prefix.Parse(prefix), new WantedNextHop.Tunnel(NodeA.NodeB, 209), Own: false);
        return node.Wanted with
        {
            Interfaces =
            [
                .. node.Wanted.Interfaces.Select(one =>
                    one.IfIndex == node.RedPod.IfIndex
                        ? one with
                        {
                            Transit =
                            [
                                .. All("10.60.0.0/16", "fd60::/32", "10.61.0.0/16", "fd61::/32", "192.168.7.0/28"),
                            ],
                            DenyIntra = deny,
                        }
                        : one
                ),
            ],
            Routes =
            [
                .. node.Wanted.Routes.Select(route =>
                    route.NextHop == other && route.Own ? route with { DenyIntra = deny } : route
                ),
                Transit("10.60.0.0/16", Away("10.60.0.0/16")),
                Transit("fd60::/32", Away("fd60::/32")),
                Transit("10.61.0.0/16", null),
                Transit("fd61::/32", null),
                .. All("10.62.0.0/16", "fd62::/32")
                    .Select(prefix => new WantedRoute(NodeA.Red, prefix, blue, Own: false)),
            ],
        };
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Pods_of_a_network_that_denies_its_own_do_not_reach_one_another(bool six)
    {
        Assert.Equal((Outcome.Deliver, DropReason.None), FromRed(UdpPacket(Host(5, six), Host(6, six)), deny: false));
        Assert.Equal(
            (Outcome.Drop, DropReason.BaselineDeny),
            FromRed(UdpPacket(Host(5, six), Host(6, six)), deny: true)
        );
        Assert.Equal((Outcome.Drop, DropReason.BaselineDeny), FromB(UdpPacket(Host(7, six), Host(5, six)), deny: true));
        Assert.Equal((Outcome.Deliver, DropReason.None), FromB(UdpPacket(Host(7, six), Host(5, six)), deny: false));
        // Others are joined as before.
        Assert.Equal((Outcome.Deliver, DropReason.None), FromB(UdpPacket(In(23, six), Host(5, six)), deny: true));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_network_here_that_has_no_way_back_is_not_reached(bool six) =>
        // In Blue the sender's address is Blue's own pod.
        Assert.Equal((Outcome.Drop, DropReason.NoWayBack), FromRed(UdpPacket(Host(5, six), In(62, six))));

    [Theory, InlineData(false), InlineData(true)]
    public void What_lies_behind_a_pod_is_sent_to_it_and_not_by_it(bool six)
    {
        Assert.Equal((Outcome.Deliver, DropReason.None), FromB(UdpPacket(Host(7, six), In(60, six))));
        Assert.Equal((Outcome.Drop, DropReason.StaleLabel), FromB(UdpPacket(Host(7, six), In(63, six))));
        Assert.Equal((Outcome.Drop, DropReason.SpoofedAddress), FromRed(UdpPacket(In(60, six), Host(7, six))));
    }

    [Fact]
    public void A_transit_prefix_takes_nothing_from_an_allowed_one_around_it() =>
        Assert.Equal(
            (Outcome.Tunnel, DropReason.None),
            FromRed(UdpPacket(Address.Parse("192.168.7.7"), Address.Parse("10.10.0.7")))
        );

    [Theory, InlineData(false), InlineData(true)]
    public void A_route_by_way_of_a_pod_is_not_for_what_that_pod_sends(bool six)
    {
        Assert.Equal((Outcome.Tunnel, DropReason.None), FromRed(UdpPacket(Host(5, six), In(60, six))));
        Assert.Equal((Outcome.Answer, DropReason.NoRoute), FromRed(UdpPacket(Host(5, six), In(61, six))));
        Assert.Equal(
            (Outcome.Deliver, DropReason.None),
            Run(
                node.Datapath.Programs.FromPod,
                node.RedOther.IfIndex,
                Ethernet(Mac.Gateway, node.RedOther.Mac, UdpPacket(Host(6, six), In(60, six))),
                false
            )
        );
    }

    private (Outcome, DropReason) FromRed(byte[] packet, bool deny = false) =>
        Run(node.Datapath.Programs.FromPod, node.RedPod.IfIndex, Ethernet(Mac.Gateway, node.RedPod.Mac, packet), deny);

    private (Outcome, DropReason) FromB(byte[] packet, bool deny = false) =>
        Run(
            node.Datapath.Programs.FromUnderlay,
            node.Underlay.IfIndex,
            Ethernet(Us, Router, Vxlan(NodeA.NodeB, NodeA.Local, 100, Ethernet(Mac.Gateway, Mac.Gateway, packet))),
            deny
        );

    private (Outcome, DropReason) Run(Tombolo.Linux.Bpf.BpfProgram program, int link, byte[] frame, bool deny)
    {
        node.Datapath.Apply(Joined(deny));
        var run = node.Run(program, link, frame);
        return (FromPodTests.Outcome(run), FromPodTests.Reason(run));
    }

    private static IEnumerable<Prefix> All(params string[] texts) => texts.Select(Prefix.Parse);

    private static WantedNextHop.Interface To(NodeA.Device device) => new(device.IfIndex, device.Mac);

    private static Address Host(int host, bool six) => Address.Parse(six ? $"fd10::{host}" : $"10.10.0.{host}");

    private static Address In(int net, bool six) => Address.Parse(six ? $"fd{net}::7" : $"10.{net}.7.7");
}
