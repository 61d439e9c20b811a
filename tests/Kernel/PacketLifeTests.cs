using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>A packet's life: what one program gives is what the next one gets.</summary>
[Trait("needs", "root")]
public sealed class PacketLifeTests : IDisposable
{
    private static readonly Mac FarPod = new(0x02_00_00_00_0b_07);
    private readonly NodeA sender = new();
    private readonly NodeA receiver = new();

    public PacketLifeTests() =>
        // The other end of the first node's routes: 10.10.0.7 behind label 207, and 10.10.0.5 at the first node.
        receiver.Datapath.Apply(
            new WantedState
            {
                Tunnels = [new WantedTunnel(NodeA.Local, NodeA.NodeB, receiver.Underlay.IfIndex, 1500)],
                Interfaces =
                [
                    new WantedInterface(receiver.RedPod.IfIndex, NodeA.Red, new Label(207), FarPod)
                    {
                        Addresses = [Address.Parse("10.10.0.7"), Address.Parse("fd10::7")],
                    },
                ],
                Routes =
                [
                    new(NodeA.Red, Prefix.Parse("10.10.0.5/32"), new WantedNextHop.Tunnel(NodeA.Local, 100)),
                    new(NodeA.Red, Prefix.Parse("fd10::5/128"), new WantedNextHop.Tunnel(NodeA.Local, 100)),
                    new(
                        NodeA.Red,
                        Prefix.Parse("10.10.0.7/32"),
                        new WantedNextHop.Interface(receiver.RedPod.IfIndex, FarPod)
                    ),
                    new(
                        NodeA.Red,
                        Prefix.Parse("fd10::7/128"),
                        new WantedNextHop.Interface(receiver.RedPod.IfIndex, FarPod)
                    ),
                ],
            }
        );

    [Theory]
    [InlineData("10.10.0.5", "10.10.0.7")]
    [InlineData("fd10::5", "fd10::7")]
    public void There_and_back_again(string here, string there)
    {
        receiver.SetLocal(NodeA.NodeB);
        var (from, to) = (Address.Parse(here), Address.Parse(there));
        foreach (
            var (go, back) in new[]
            {
                (EchoRequest(from, to), EchoReply(to, from)),
                (TcpPacket(from, to, Syn), TcpPacket(to, from, Syn | Ack)),
                (UdpPacket(from, to), UdpPacket(to, from)),
            }
        )
        {
            var sent = Outcome.Tunnel;
            var leaves = sender.Run(
                sender.Datapath.Programs.FromPod,
                sender.RedPod.IfIndex,
                Ethernet(Mac.Gateway, sender.RedPod.Mac, go)
            );
            Assert.Equal(sent, FromPodTests.Outcome(leaves));
            var arrives = receiver.Run(
                receiver.Datapath.Programs.FromUnderlay,
                receiver.Underlay.IfIndex,
                leaves.Packet
            );
            Assert.Equal(
                (Outcome.Deliver, DropReason.None),
                (FromPodTests.Outcome(arrives), FromPodTests.Reason(arrives))
            );
            Assert.Equal(Ethernet(FarPod, Mac.Gateway, go), arrives.Packet);

            var returns = receiver.Run(
                receiver.Datapath.Programs.FromPod,
                receiver.RedPod.IfIndex,
                Ethernet(Mac.Gateway, FarPod, back)
            );
            Assert.Equal(sent, FromPodTests.Outcome(returns));
            // The first node knows the second as the endpoint of 10.10.0.7.
            var home = sender.Run(sender.Datapath.Programs.FromUnderlay, sender.Underlay.IfIndex, returns.Packet);
            Assert.Equal((Outcome.Deliver, DropReason.None), (FromPodTests.Outcome(home), FromPodTests.Reason(home)));
            Assert.Equal(Ethernet(sender.RedPod.Mac, Mac.Gateway, back), home.Packet);
        }
    }

    // Labels and addresses come round again, and red and blue have the same addresses: the sender is a moment behind.
    [Theory]
    [InlineData("10.10.0.5", "10.10.0.7", "10.10.0.8", Encap.Vxlan)]
    [InlineData("fd10::5", "fd10::7", "fd10::8", Encap.Vxlan)]
    [InlineData("10.10.0.5", "10.10.0.7", "10.10.0.8", Encap.MplsUdp)]
    [InlineData("fd10::5", "fd10::7", "fd10::8", Encap.MplsUdp)]
    public void A_stale_sender_never_reaches_the_wrong_pod(string here, string there, string other, Encap encap)
    {
        receiver.SetLocal(NodeA.NodeB);
        sender.Datapath.Apply(Sender(here, there, 207, encap));
        byte[] Leaves()
        {
            var run = sender.Run(
                sender.Datapath.Programs.FromPod,
                sender.RedPod.IfIndex,
                Ethernet(Mac.Gateway, sender.RedPod.Mac, UdpPacket(Address.Parse(here), Address.Parse(there)))
            );
            Assert.Equal(Outcome.Tunnel, FromPodTests.Outcome(run));
            return run.Packet;
        }
        (Outcome, DropReason, uint) Arrives(byte[] frame)
        {
            var run = receiver.Run(receiver.Datapath.Programs.FromUnderlay, receiver.Underlay.IfIndex, frame);
            var outcome = FromPodTests.Outcome(run);
            return (outcome, FromPodTests.Reason(run), outcome == Outcome.Deliver ? run.Context.Control1 : 0);
        }
        var (red, blue) = (receiver.RedPod.IfIndex, receiver.BluePod.IfIndex);

        // As it should be.
        receiver.Datapath.Apply(Receiver((red, NodeA.Red, 207, there)));
        Assert.Equal((Outcome.Deliver, DropReason.None, (uint)red), Arrives(Leaves()));
        // The pod is gone; its address is another pod's of the same network, its label nobody's.
        receiver.Datapath.Apply(Receiver((blue, NodeA.Red, 208, there)));
        Assert.Equal((Outcome.Drop, DropReason.UnknownLabel, 0u), Arrives(Leaves()));
        // Its address is in use in the other network, under another label.
        receiver.Datapath.Apply(Receiver((blue, NodeA.Blue, 208, there)));
        Assert.Equal((Outcome.Drop, DropReason.UnknownLabel, 0u), Arrives(Leaves()));
        // Its label is another pod's, of its own network or the other, at another address.
        foreach (var vrf in new[] { NodeA.Red, NodeA.Blue })
        {
            receiver.Datapath.Apply(Receiver((blue, vrf, 207, other)));
            Assert.Equal((Outcome.Drop, DropReason.StaleLabel, 0u), Arrives(Leaves()));
        }
        // Both came round, label and address apart from each other: each goes its own way.
        receiver.Datapath.Apply(Receiver((red, NodeA.Red, 208, there), (blue, NodeA.Blue, 207, other)));
        Assert.Equal((Outcome.Drop, DropReason.StaleLabel, 0u), Arrives(Leaves()));
        sender.Datapath.Apply(Sender(here, there, 208, encap));
        Assert.Equal((Outcome.Deliver, DropReason.None, (uint)red), Arrives(Leaves()));
    }

    private WantedState Sender(string here, string there, uint label, Encap encap) =>
        new()
        {
            Tunnels = [new WantedTunnel(NodeA.NodeB, NodeA.Local, sender.Underlay.IfIndex, 1500)],
            Interfaces =
            [
                new WantedInterface(sender.RedPod.IfIndex, NodeA.Red, new Label(100), sender.RedPod.Mac)
                {
                    Addresses = [Address.Parse(here)],
                },
            ],
            Routes =
            [
                new(NodeA.Red, Prefix.Host(Address.Parse(there)), new WantedNextHop.Tunnel(NodeA.NodeB, label, encap)),
            ],
        };

    // The far node has an interface at 10.10.0.5 and fd10::5 in either network.
    private WantedState Receiver(params (int IfIndex, ushort Vrf, uint Label, string Address)[] pods) =>
        new()
        {
            Tunnels = [new WantedTunnel(NodeA.Local, NodeA.NodeB, receiver.Underlay.IfIndex, 1500)],
            Interfaces =
            [
                .. pods.Select(pod => new WantedInterface(pod.IfIndex, pod.Vrf, new Label(pod.Label), FarPod)
                {
                    Addresses = [Address.Parse(pod.Address)],
                }),
            ],
            Routes =
            [
                .. from vrf in new[] { NodeA.Red, NodeA.Blue }
                from far in new[] { "10.10.0.5", "fd10::5" }
                select new WantedRoute(
                    vrf,
                    Prefix.Host(Address.Parse(far)),
                    new WantedNextHop.Tunnel(NodeA.Local, 100)
                ),
            ],
        };

    public void Dispose()
    {
        sender.Dispose();
        receiver.Dispose();
    }
}
