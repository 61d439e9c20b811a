using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>Program <c>from_underlay</c> on crafted packets, with IPv4 and IPv6 inside.</summary>
[Trait("needs", "root")]
public sealed class FromUnderlayTests(NodeA node) : IClassFixture<NodeA>
{
    private static readonly Mac Pod = new(0x02_00_00_00_01_05);
    private static readonly Mac Blue = new(0x02_00_00_00_02_05);
    private static readonly Mac Us = new(0x02_00_00_00_00_01);
    private static readonly Mac Router = new(0x02_99_99_99_99_99);

    public static TheoryData<PacketRow> Rows =>
        [
            .. from six in new[] { false, true }
            from mpls in new[] { false, true }
            from row in BothFamilies(six, mpls)
            select row,
            .. Outside(),
            .. Broken(),
            .. new[] { false, true }.SelectMany(BrokenOuter),
            .. BrokenLabels(),
        ];

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void Decides(PacketRow row)
    {
        var before = node.Counted(row.Reason, Direction.FromUnderlay, row.Vrf);
        var run = node.Run(node.Datapath.Programs.FromUnderlay, node.Underlay.IfIndex, row.In);
        Assert.Equal((row.Outcome, row.Reason), (FromPodTests.Outcome(run), FromPodTests.Reason(run)));
        var verdict = row.Outcome switch
        {
            Outcome.Pass => -1, // the next program, at last the stack
            Outcome.Drop => 2,
            _ => 7, // redirect
        };
        Assert.Equal(verdict, run.Verdict);
        var after = node.Counted(row.Reason, Direction.FromUnderlay, row.Vrf);
        Assert.Equal(row.Outcome == Outcome.Drop ? 1u : 0u, after.Packets - before.Packets);
        if ((row.Out ?? (row.Outcome == Outcome.Pass ? row.In : null)) is { } expected)
        {
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(run.Packet));
        }
    }

    // The outer packet cut: from its UDP header on it is known to be ours, and dropped.
    [Fact]
    public void A_truncated_packet_is_never_delivered()
    {
        foreach (var row in Rows.Select(row => row.Data).Where(row => row.Outcome == Outcome.Deliver))
        {
            for (var length = FromPodTests.Shortest(row.In); length < row.In.Length; length++)
            {
                var run = node.Run(node.Datapath.Programs.FromUnderlay, node.Underlay.IfIndex, row.In[..length]);
                Assert.True(
                    length < 42
                        ? FromPodTests.Outcome(run) == Outcome.Pass
                        : FromPodTests.Reason(run) == DropReason.Malformed,
                    $"{row.Says}, cut to {length}: {FromPodTests.Outcome(run)} {FromPodTests.Reason(run)}"
                );
            }
        }
    }

    // The outer headers are right, what they hold is cut.
    [Fact]
    public void A_truncated_inner_packet_is_malformed_at_every_length()
    {
        foreach (var six in new[] { false, true })
        {
            var packet = TcpPacket(Host(7, six), Host(5, six), Syn, 10);
            for (var at = 0; at < packet.Length * 2; at++)
            {
                var (length, mpls) = (at / 2, at % 2 == 1);
                var inner = Ethernet(Mac.Gateway, Mac.Gateway, six ? IPv6Type : IPv4Type, packet[..length]);
                var frame = mpls
                    ? Ethernet(Us, Router, MplsUdp(NodeA.NodeB, NodeA.Local, 100, packet[..length]))
                    : Ethernet(Us, Router, Vxlan(NodeA.NodeB, NodeA.Local, 100, inner));
                var run = node.Run(node.Datapath.Programs.FromUnderlay, node.Underlay.IfIndex, frame);
                Assert.True(
                    FromPodTests.Outcome(run) == Outcome.Drop && FromPodTests.Reason(run) == DropReason.Malformed,
                    $"{(six ? "v6" : "v4")} in {(mpls ? "MPLS" : "VXLAN")} cut to {length}: {FromPodTests.Outcome(run)} {FromPodTests.Reason(run)}"
                );
            }
        }
    }

    private static Address Host(int host, bool six) => Address.Parse(six ? $"fd10::{host}" : $"10.10.0.{host}");

    private static byte[] Inner(byte[] packet) => Ethernet(Mac.Gateway, Mac.Gateway, packet);

    private static byte[] Received(Address from, uint label, byte[] packet, bool mpls) =>
        Ethernet(
            Us,
            Router,
            mpls ? MplsUdp(from, NodeA.Local, label, packet) : Vxlan(from, NodeA.Local, label, Inner(packet))
        );

    private static IEnumerable<PacketRow> BothFamilies(bool six, bool mpls)
    {
        var family = $"{(six ? "v6" : "v4")} in {(mpls ? "MPLS" : "VXLAN")}";
        PacketRow Deliver(string says, Address from, uint vni, byte[] packet, Mac to) =>
            new($"{family}: {says}", Outcome.Deliver, Received(from, vni, packet, mpls))
            {
                Out = Ethernet(to, Mac.Gateway, packet),
            };
        PacketRow Drop(string says, DropReason reason, Address from, uint vni, byte[] packet, uint vrf = NodeA.Red) =>
            new($"{family}: {says}", Outcome.Drop, Received(from, vni, packet, mpls)) { Reason = reason, Vrf = vrf };
        var hello = UdpPacket(Host(7, six), Host(5, six));

        foreach (
            var (what, packet) in new[]
            {
                ("UDP", hello),
                ("a TCP SYN", TcpPacket(Host(7, six), Host(5, six), Syn)),
                ("a ping", EchoRequest(Host(7, six), Host(5, six))),
                ("TTL 1", UdpPacket(Host(7, six), Host(5, six), ttl: 1)),
                ("to an allowed prefix", UdpPacket(Host(7, six), Address.Parse(six ? "fd77::7" : "192.168.7.7"))),
                ("from one that is not up yet", UdpPacket(Host(8, six), Host(5, six))),
                ("by an imported route", UdpPacket(Address.Parse(six ? "fd23::7" : "10.23.7.7"), Host(5, six))),
            }
        )
        {
            yield return Deliver($"{what} is delivered", NodeA.NodeB, 100, packet, Pod);
        }
        yield return Deliver("the same addresses in another network", NodeA.NodeC, 102, hello, Blue);
        yield return Deliver(
            "a network's label, of a gateway",
            NodeA.Gateway,
            5000,
            UdpPacket(Host(13, six), Host(5, six)),
            Pod
        );

        yield return Drop(
            "an unknown endpoint",
            DropReason.UnknownEndpoint,
            Address.Parse("172.30.8.8"),
            100,
            hello,
            0
        );
        yield return Drop("an unknown label", DropReason.UnknownLabel, NodeA.NodeB, 4711, hello, 0);
        yield return Drop("a gateway with a node's label", DropReason.WrongPeerGroup, NodeA.Gateway, 100, hello, 0);
        yield return Drop("a node with a gateway's label", DropReason.UnknownLabel, NodeA.NodeB, 5000, hello, 0);
        yield return Drop(
            "a label whose interface has other addresses now",
            DropReason.StaleLabel,
            NodeA.NodeB,
            100,
            UdpPacket(Host(7, six), Host(99, six))
        );
        yield return Drop("a label of its neighbour", DropReason.StaleLabel, NodeA.NodeB, 101, hello);
        yield return Drop(
            "multicast to a label",
            DropReason.StaleLabel,
            NodeA.NodeB,
            100,
            UdpPacket(Host(7, six), Address.Parse(six ? "ff02::1" : "224.0.0.1"))
        );
        foreach (
            var (says, source) in new[]
            {
                ("a source behind another endpoint", Host(11, six)),
                ("a source of this node", Host(6, six)),
                ("a source in the subnet that is nowhere", Host(99, six)),
                ("a source without a route", Address.Parse(six ? "2001:db8::1" : "8.8.8.8")),
                ("a source behind a gateway", Host(13, six)),
            }
        )
        {
            yield return Drop(
                says,
                DropReason.SourceNotBehindEndpoint,
                NodeA.NodeB,
                100,
                UdpPacket(source, Host(5, six))
            );
        }
        yield return Drop(
            "a source of the other network",
            DropReason.SourceNotBehindEndpoint,
            NodeA.NodeB,
            102,
            hello,
            NodeA.Blue
        );
        byte[] FromGateway(Address to) => UdpPacket(Host(13, six), to);
        foreach (
            var (says, reason, packet) in new[]
            {
                ("to a pod elsewhere", DropReason.OverlayToOverlay, FromGateway(Host(7, six))),
                ("to nobody", DropReason.NoRoute, FromGateway(Host(99, six))),
                ("to no route", DropReason.NoRoute, FromGateway(Address.Parse(six ? "2001:db8::1" : "8.8.8.8"))),
                ("to a dropping route", DropReason.StaticDrop, FromGateway(Host(9, six))),
                ("to the host", DropReason.Unsupported, FromGateway(Address.Parse(six ? "fd21::1" : "10.21.0.1"))),
                ("to a group", DropReason.Multicast, FromGateway(Address.Parse(six ? "ff05::2" : "239.1.1.1"))),
                ("from elsewhere", DropReason.SourceNotBehindEndpoint, hello),
            }
        )
        {
            yield return Drop($"a network's label, {says}", reason, NodeA.Gateway, 5000, packet);
        }
        yield return Drop("return to sender", DropReason.Unsupported, NodeA.NodeB, 900, hello);
        var cut = hello[..^1];
        yield return Drop("an inner packet over its frame", DropReason.Malformed, NodeA.NodeB, 100, cut);
    }

    // Not the overlay's: the host's stack gets it as it came.
    private static IEnumerable<PacketRow> Outside()
    {
        var (b, us) = (NodeA.NodeB, NodeA.Local);
        var elsewhere = Address.Parse("172.30.1.3");
        byte[] Frame(byte[] packet) => Ethernet(Us, Router, packet);
        var inner = Inner(UdpPacket(Host(7, false), Host(5, false)));
        foreach (
            var (says, frame) in new[]
            {
                ("TCP", Frame(TcpPacket(b, us, Syn))),
                ("TCP to port 4789", Frame(IP(b, us, Tcp, UdpDatagram(b, us, 1, 4789, new byte[40])))),
                ("TCP to port 6635", Frame(IP(b, us, Tcp, UdpDatagram(b, us, 1, 6635, new byte[40])))),
                ("UDP to another port", Frame(UdpPacket(b, us, port: 53))),
                ("VXLAN to another address", Frame(Vxlan(b, elsewhere, 100, inner))),
                ("MPLS in UDP to another address", Frame(MplsUdp(b, elsewhere, 100, inner[14..]))),
                ("a later fragment", Frame(IP(b, us, Udp, new byte[64], fragment: 0x0005))),
                ("a ping", Frame(EchoRequest(b, us))),
                ("ARP", Ethernet(Us, Router, ArpType, Arp(1, Router, b, default, us))),
                (
                    "ND",
                    Ethernet(
                        Us,
                        Router,
                        Solicitation(
                            Address.Parse("fe80::9"),
                            Address.Parse("fe80::1"),
                            Address.Parse("fe80::1"),
                            Router
                        )
                    )
                ),
                ("VXLAN over IPv6", Frame(UdpPacket(NodeA.UnderlayV6, NodeA.UnderlayV6, port: 4789))),
                ("MPLS in UDP over IPv6", Frame(UdpPacket(NodeA.UnderlayV6, NodeA.UnderlayV6, port: 6635))),
                ("LLDP", Ethernet(Us, Router, 0x88cc, new byte[46])),
            }
        )
        {
            yield return new PacketRow($"{says} is the host's", Outcome.Pass, frame);
        }
    }

    private static IEnumerable<PacketRow> Broken()
    {
        var inner = Inner(UdpPacket(Host(7, false), Host(5, false)));
        byte[] Frame(byte[] packet) => Ethernet(Us, Router, packet);
        byte[] Outer(byte flags = 8, byte[]? content = null) =>
            Frame(Vxlan(NodeA.NodeB, NodeA.Local, 100, content ?? inner, flags: flags));
        PacketRow Drop(string says, DropReason reason, byte[] frame, uint vrf = 0) =>
            new(says, Outcome.Drop, frame) { Reason = reason, Vrf = vrf };

        yield return Drop("no valid VNI", DropReason.Malformed, Outer(flags: 0));
        yield return Drop("nothing inside", DropReason.Malformed, Outer(content: []));
        yield return Drop("half a link header inside", DropReason.Malformed, Outer(content: new byte[7]));
        yield return Drop("an empty frame inside", DropReason.NotIp, Outer(content: new byte[14]), NodeA.Red);
        yield return Drop(
            "ARP inside",
            DropReason.NotIp,
            Outer(content: Ethernet(Mac.Gateway, Mac.Gateway, ArpType, new byte[28])),
            NodeA.Red
        );
        yield return Drop(
            "a tagged frame inside",
            DropReason.Tagged,
            Outer(content: Ethernet(Mac.Gateway, Mac.Gateway, 0x8100, new byte[40])),
            NodeA.Red
        );
        yield return Drop(
            "a v4-mapped source inside",
            DropReason.Malformed,
            Outer(content: Inner(UdpPacket(Address.Parse("::ffff:10.10.0.7"), Host(5, true)))),
            NodeA.Red
        );
        yield return Drop(
            "IPv6 named IPv4 inside",
            DropReason.Malformed,
            Outer(content: Ethernet(Mac.Gateway, Mac.Gateway, IPv4Type, UdpPacket(Host(7, true), Host(5, true)))),
            NodeA.Red
        );
    }

    private static PacketRow Broken(string says, DropReason reason, byte[] packet, uint vrf = 0) =>
        new(says, Outcome.Drop, Ethernet(Us, Router, packet)) { Reason = reason, Vrf = vrf };

    // What the outer IPv4 and UDP headers can get wrong, in either encapsulation.
    private static IEnumerable<PacketRow> BrokenOuter(bool mpls)
    {
        var name = mpls ? "MPLS" : "VXLAN";
        var hello = UdpPacket(Host(7, false), Host(5, false));
        byte[] Outer(byte[]? options = null, ushort fragment = 0x4000) =>
            mpls
                ? MplsUdp(NodeA.NodeB, NodeA.Local, 100, hello, options: options, fragment: fragment)
                : Vxlan(NodeA.NodeB, NodeA.Local, 100, Inner(hello), options: options, fragment: fragment);
        byte[] Length(int at, int length)
        {
            var packet = Outer();
            (packet[at], packet[at + 1]) = ((byte)(length >> 8), (byte)length);
            return packet;
        }
        var (whole, headers) = (Outer().Length, mpls ? 32 : 50);

        yield return Broken($"{name}: outer options", DropReason.Malformed, Outer(options: [1, 1, 1, 0]));
        yield return Broken($"{name}: a first outer fragment", DropReason.Malformed, Outer(fragment: 0x2000));
        foreach (
            var (says, packet, vrf) in new[]
            {
                ("an outer length over the frame", Length(2, 0xffff), 0u),
                ("an outer length of one octet too many", Length(2, whole + 1), 0u),
                ("an outer length under its headers", Length(2, headers - 1), 0u),
                ("an outer length of 0", Length(2, 0), 0u),
                ("a datagram over its packet", Length(24, whole - 19), 0u),
                ("a datagram under its headers", Length(24, headers - 21), 0u),
                ("a datagram of 0 octets", Length(24, 0), 0u),
                ("a datagram that ends within the inner packet", Length(24, whole - 21), (uint)NodeA.Red),
            }
        )
        {
            yield return Broken($"{name}: {says}", DropReason.Malformed, packet, vrf);
        }
    }

    private static IEnumerable<PacketRow> BrokenLabels()
    {
        foreach (var six in new[] { false, true })
        {
            var hello = UdpPacket(Host(7, six), Host(5, six));
            byte[] Labelled(bool bottom = true, byte ttl = 64, byte[]? packet = null) =>
                MplsUdp(NodeA.NodeB, NodeA.Local, 100, packet ?? hello, bottom, ttl);
            var family = six ? "v6" : "v4";
            yield return Broken($"{family}: a label not at the bottom", DropReason.Malformed, Labelled(bottom: false));
            yield return Broken(
                $"{family}: a label under another",
                DropReason.Malformed,
                Labelled(bottom: false, packet: [0, 6, 0x51, 64, .. hello])
            );
            yield return Broken($"{family}: a label of TTL 0", DropReason.TtlExpired, Labelled(ttl: 0), NodeA.Red);
            yield return Broken($"{family}: a label of TTL 1", DropReason.TtlExpired, Labelled(ttl: 1), NodeA.Red);
            yield return new PacketRow(
                $"{family}: a label of TTL 2 is delivered",
                Outcome.Deliver,
                Ethernet(Us, Router, Labelled(ttl: 2))
            )
            {
                Out = Ethernet(Pod, Mac.Gateway, hello),
            };
            foreach (var version in new byte[] { 0, 1, 5, 7, 15 })
            {
                byte[] other = [(byte)(version << 4), .. hello[1..]];
                yield return Broken(
                    $"{family}: version {version} under a label",
                    DropReason.NotIp,
                    Labelled(packet: other),
                    NodeA.Red
                );
            }
        }
        yield return Broken(
            "MPLS: a v4-mapped source inside",
            DropReason.Malformed,
            MplsUdp(NodeA.NodeB, NodeA.Local, 100, UdpPacket(Address.Parse("::ffff:10.10.0.7"), Host(5, true))),
            NodeA.Red
        );
        yield return Broken(
            "MPLS: nothing under the label",
            DropReason.Malformed,
            MplsUdp(NodeA.NodeB, NodeA.Local, 100, [])
        );
        yield return Broken(
            "MPLS: half a header under the label",
            DropReason.Malformed,
            MplsUdp(NodeA.NodeB, NodeA.Local, 100, [0x45, 0, 0, 40]),
            NodeA.Red
        );
        yield return Broken(
            "MPLS: the explicit null label",
            DropReason.UnknownLabel,
            MplsUdp(NodeA.NodeB, NodeA.Local, 0, UdpPacket(Host(7, false), Host(5, false)))
        );
    }
}
