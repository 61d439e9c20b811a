using System.Diagnostics;
using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>ICMP errors are sent sparingly: 50 at once, then one a jiffy, for each interface by itself.</summary>
[Trait("needs", "root")]
public sealed class IcmpLimitTests : IDisposable
{
    private const int Burst = 50;
    private readonly NodeA node = new();

    [Theory]
    [InlineData("10.10.0.{0}")]
    [InlineData("fd10::{0}")]
    public void A_flood_is_counted_and_not_answered_packet_by_packet(string format)
    {
        const int flood = 5000;
        Address At(int host) => Address.Parse(string.Format(format, host));
        var frame = Ethernet(Mac.Gateway, node.RedPod.Mac, UdpPacket(At(5), At(99)));
        var (answered, took) = node.Inside(() =>
        {
            var watch = Stopwatch.StartNew();
            var runs = Enumerable
                .Range(0, flood)
                .Select(_ => node.Datapath.Programs.FromPod.Test(frame, NodeA.Context(node.RedPod.IfIndex)));
            return (runs.Count(run => FromPodTests.Outcome(run) == Outcome.Answer), watch.Elapsed);
        });
        // A jiffy is a millisecond at least.
        Assert.InRange(answered, Burst, Burst + 1 + (int)took.TotalMilliseconds);
        Assert.Equal((ulong)flood, node.Counted(DropReason.NoRoute, Direction.FromPod, NodeA.Red).Packets);

        var other = Ethernet(Mac.Gateway, node.RedOther.Mac, UdpPacket(At(6), At(99)));
        var neighbour = node.Run(node.Datapath.Programs.FromPod, node.RedOther.IfIndex, other);
        Assert.Equal(Outcome.Answer, FromPodTests.Outcome(neighbour));
    }

    public void Dispose() => node.Dispose();
}
