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

    public void Dispose()
    {
        sender.Dispose();
        receiver.Dispose();
    }
}
