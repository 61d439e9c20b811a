using Tombolo.Agent.Datapath;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>Program <c>to_pod</c>, the backstop.</summary>
[Trait("needs", "root")]
public sealed class ToPodTests(NodeA node) : IClassFixture<NodeA>
{
    private const uint OurMark = 0x746f6d62; // TB_MARK
    private static readonly byte[] Frame = Wire.Ethernet(
        new Mac(0x02_00_00_00_01_05),
        Mac.Gateway,
        Wire.UdpPacket(Address.Parse("10.10.0.1"), Address.Parse("10.10.0.5"))
    );

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    public void What_our_programs_did_not_send_is_dropped(uint mark)
    {
        var before = node.Counted(DropReason.NotMarked, Direction.ToPod, NodeA.Red);
        var run = node.Run(node.Datapath.Programs.ToPod, node.RedPod.IfIndex, Frame, mark: mark);
        Assert.Equal(
            (2, Outcome.Drop, DropReason.NotMarked),
            (run.Verdict, FromPodTests.Outcome(run), FromPodTests.Reason(run))
        );
        Assert.Equal(before.Packets + 1, node.Counted(DropReason.NotMarked, Direction.ToPod, NodeA.Red).Packets);
    }

    [Fact]
    public void What_bears_our_mark_passes_and_loses_it()
    {
        var run = node.Run(node.Datapath.Programs.ToPod, node.RedPod.IfIndex, Frame, mark: OurMark);
        Assert.Equal((-1, 0u), (run.Verdict, run.Context.Mark));
        Assert.Equal(Frame, run.Packet);
    }
}
