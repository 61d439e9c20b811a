using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>What <c>from_pod</c> sends by MPLS in UDP, in IPv4 and IPv6 alike; all else is as with VXLAN.</summary>
[Trait("needs", "root")]
public sealed class FromPodMplsTests(NodeA node) : IClassFixture<NodeA>
{
    private static readonly Mac Pod = new(0x02_00_00_00_01_05);

    public static TheoryData<string, int, int, byte, byte, uint, byte, byte> Rows
    {
        get
        {
            var rows = new TheoryData<string, int, int, byte, byte, uint, byte, byte>();
            foreach (var six in new[] { false, true })
            {
                var own = six ? "fd10::5" : "10.10.0.5";
                var headers = six ? 48 : 28;
                rows.Add(own, 14, 32, 0, 64, 214, 0, 64);
                rows.Add(own, 14, 0, 0, 64, 214, 0, 64);
                rows.Add(own, 14, 1468 - headers, 0, 64, 214, 0, 64); // the largest that fits
                rows.Add(own, 14, 32, 0, 1, 214, 0, 1); // its own TTL is not the label's
                rows.Add(own, 14, 32, 0xb9, 64, 214, 0xb8, 64); // DSCP goes into the outer header, ECN not
                rows.Add(own, -28, 32, 0, 64, 216, 0, 63); // an imported route costs a hop
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Encapsulates(
        string own,
        int to,
        int length,
        byte tos,
        byte ttl,
        uint label,
        byte outerTos,
        byte sentTtl
    )
    {
        var (from, destination) = (Address.Parse(own), To(to, !Address.Parse(own).IsIPv4));
        byte[] Packet(byte hops) =>
            IP(from, destination, Udp, UdpDatagram(from, destination, 40000, 8080, new byte[length]), hops, tos: tos);
        var run = Run(Packet(ttl));
        Assert.Equal((Outcome.Tunnel, 7), (FromPodTests.Outcome(run), run.Verdict));
        var expected = Ethernet(
            Mac.Gateway,
            Pod,
            IPv4Type,
            MplsUdp(NodeA.Local, NodeA.NodeB, label, Packet(sentTtl), tos: outerTos)
        );
        Assert.InRange(run.Packet[34], 0xc0, 0xff); // source port: the flow's hash
        (expected[34], expected[35]) = (run.Packet[34], run.Packet[35]);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(run.Packet));
    }

    // 32 octets are what it costs, not VXLAN's 50.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_largest_that_fits_is_told(bool six)
    {
        var own = Address.Parse(six ? "fd10::5" : "10.10.0.5");
        var headers = six ? 48 : 28;
        Assert.Equal(Outcome.Tunnel, FromPodTests.Outcome(Run(UdpPacket(own, To(15, six), 1368 - headers))));
        var run = Run(UdpPacket(own, To(15, six), 1369 - headers));
        Assert.Equal((Outcome.Answer, DropReason.TooBig), (FromPodTests.Outcome(run), FromPodTests.Reason(run)));
        var mtu = run.Packet.AsSpan(14 + (six ? 40 : 20) + 4, 4).ToArray();
        Assert.Equal([0, 0, 1368 >> 8, 1368 & 0xff], mtu);
    }

    private Linux.Bpf.TestRun Run(byte[] packet) =>
        node.Run(node.Datapath.Programs.FromPod, node.RedPod.IfIndex, Ethernet(Mac.Gateway, Pod, packet));

    private static Address To(int host, bool six) =>
        Address.Parse(
            host < 0 ? (six ? $"fd{-host}::1" : $"10.{-host}.0.1")
            : six ? $"fd10::{host}"
            : $"10.10.0.{host}"
        );
}
