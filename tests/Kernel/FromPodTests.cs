using Tombolo.Agent.Datapath;
using Tombolo.Values;
using static Tombolo.Tests.Kernel.Wire;

namespace Tombolo.Tests.Kernel;

/// <summary>Program <c>from_pod</c> on crafted packets, in IPv4 and IPv6 alike.</summary>
[Trait("needs", "root")]
public sealed class FromPodTests(NodeA node) : IClassFixture<NodeA>
{
    private static readonly Mac Pod = new(0x02_00_00_00_01_05);
    private static readonly Mac Other = new(0x02_00_00_00_01_06);
    private static readonly Mac Stranger = new(0x02_66_66_66_66_66);
    private static readonly Mac Broadcast = new(0xff_ff_ff_ff_ff_ff);
    private static readonly Address Unspecified = Address.V6(0);
    private static readonly Address LinkLocal = A("fe80::5");

    public static TheoryData<PacketRow> Rows =>
        [.. new[] { false, true }.SelectMany(BothFamilies), .. IPv4Only(), .. IPv6Only(), .. Neighbours(), .. Links()];

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void Decides(PacketRow row)
    {
        var before = node.Counted(row.Reason, Direction.FromPod, row.Vrf);
        var run = node.Run(node.Datapath.Programs.FromPod, node.RedPod.IfIndex, row.In, row.GsoSize);
        Assert.Equal((row.Outcome, row.Reason), (Outcome(run), Reason(run)));
        Assert.Equal(
            row.Outcome == Agent.Datapath.Outcome.Drop
                ? 2
                : 7 /* redirect */
            ,
            run.Verdict
        );
        var after = node.Counted(row.Reason, Direction.FromPod, row.Vrf);
        Assert.Equal(row.Reason == DropReason.None ? 0u : 1u, after.Packets - before.Packets);
        Assert.Equal(row.Reason == DropReason.None ? 0u : (ulong)row.In.Length, after.Bytes - before.Bytes);
        if (row.Out is { } expected)
        {
            // The source port is the flow's hash: any of the ephemeral range.
            if (row.Outcome == Agent.Datapath.Outcome.Tunnel)
            {
                Assert.InRange(run.Packet[34], 0xc0, 0xff);
                (expected[34], expected[35]) = (run.Packet[34], run.Packet[35]);
            }
            Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(run.Packet));
        }
    }

    [Fact]
    public void An_interface_that_the_maps_do_not_have_sends_nothing()
    {
        var before = node.Counted(DropReason.UnknownInterface, Direction.FromPod, 0);
        var run = node.Run(
            node.Datapath.Programs.FromPod,
            node.Underlay.IfIndex,
            Sent(UdpPacket(A("10.10.0.5"), A("10.10.0.6")))
        );
        Assert.Equal((Agent.Datapath.Outcome.Drop, DropReason.UnknownInterface), (Outcome(run), Reason(run)));
        Assert.Equal(before.Packets + 1, node.Counted(DropReason.UnknownInterface, Direction.FromPod, 0).Packets);
    }

    [Fact]
    public void The_same_packet_goes_elsewhere_in_another_network()
    {
        foreach (var six in new[] { false, true })
        {
            var packet = UdpPacket(Host(5, six), Host(7, six));
            var red = node.Run(node.Datapath.Programs.FromPod, node.RedPod.IfIndex, Ethernet(Mac.Gateway, Pod, packet));
            var blue = node.Run(
                node.Datapath.Programs.FromPod,
                node.BluePod.IfIndex,
                Ethernet(Mac.Gateway, node.BluePod.Mac, packet)
            );
            Assert.Equal(NodeA.NodeB, Address.Read(red.Packet.AsSpan(30, 4)));
            Assert.Equal(NodeA.NodeC, Address.Read(blue.Packet.AsSpan(30, 4)));
        }
    }

    // Every packet of the table, cut at every length: its own headers no longer fit, whatever they are.
    [Fact]
    public void A_truncated_packet_is_malformed_at_every_length()
    {
        var whole = Rows.Select(row => row.Data)
            .Where(row => row.Outcome != Agent.Datapath.Outcome.Drop && !row.IsPadded);
        foreach (var row in whole)
        {
            for (var length = Shortest(row.In); length < row.In.Length; length++)
            {
                var run = node.Run(node.Datapath.Programs.FromPod, node.RedPod.IfIndex, row.In[..length]);
                Assert.True(
                    Outcome(run) == Agent.Datapath.Outcome.Drop && Reason(run) == DropReason.Malformed,
                    $"{row.Says}, cut to {length}: {Outcome(run)} {Reason(run)}"
                );
            }
        }
    }

    // A test run takes no IP packet that is shorter than its fixed header.
    internal static int Shortest(byte[] frame) =>
        14
        + (
            (frame[12], frame[13]) switch
            {
                (0x08, 0x00) => 20,
                (0x86, 0xdd) => 40,
                _ => 1,
            }
        );

    internal static Outcome Outcome(Linux.Bpf.TestRun run) => (Outcome)run.Context.Control0;

    internal static DropReason Reason(Linux.Bpf.TestRun run) =>
        Outcome(run) is Agent.Datapath.Outcome.Drop or Agent.Datapath.Outcome.Answer
            ? (DropReason)run.Context.Control1
            : DropReason.None;

    private static Address A(string text) => Address.Parse(text);

    private static Address Host(int host, bool six) => A(six ? $"fd10::{host}" : $"10.10.0.{host}");

    private static byte[] Sent(byte[] packet) => Ethernet(Mac.Gateway, Pod, packet);

    private static byte[] Delivered(Mac to, byte[] packet) => Ethernet(to, Mac.Gateway, packet);

    private static byte[] Encapsulated(Address remote, uint vni, byte[] packet, byte tos = 0) =>
        Ethernet(
            Mac.Gateway, // the outer link layer is written by the kernel, on the way out
            Pod,
            IPv4Type,
            Vxlan(NodeA.Local, remote, vni, Ethernet(Mac.Gateway, Mac.Gateway, packet), tos: tos)
        );

    private static PacketRow Drop(string says, DropReason reason, byte[] packet) =>
        new(says, Agent.Datapath.Outcome.Drop, packet) { Reason = reason };

    private static PacketRow Answer(string says, byte[] packet, byte[] answer, DropReason reason = DropReason.None) =>
        new(says, Agent.Datapath.Outcome.Answer, packet) { Out = answer, Reason = reason };

    private static IEnumerable<PacketRow> BothFamilies(bool six)
    {
        var family = six ? "v6" : "v4";
        var own = Host(5, six);
        Address To(int prefix) => A(six ? $"fd{prefix}::1" : $"10.{prefix}.0.1");
        PacketRow Deliver(string says, byte[] packet) =>
            new($"{family}: {says}", Agent.Datapath.Outcome.Deliver, Sent(packet)) { Out = Delivered(Other, packet) };
        PacketRow Tunnel(string says, byte[] packet, byte[] sent, Address remote, uint vni) =>
            new($"{family}: {says}", Agent.Datapath.Outcome.Tunnel, Sent(packet))
            {
                Out = Encapsulated(remote, vni, sent),
            };
        PacketRow Dropped(string says, DropReason reason, byte[] packet) =>
            Drop($"{family}: {says}", reason, Sent(packet));
        byte[] Udp(Address to, int length = 32, byte ttl = 64) => UdpPacket(own, to, length, ttl: ttl);

        foreach (
            var (what, packet) in new[]
            {
                ("UDP", Udp(Host(6, six))),
                ("a TCP SYN", TcpPacket(own, Host(6, six), Syn)),
                ("a ping", EchoRequest(own, Host(6, six))),
                ("a protocol without ports", IP(own, Host(6, six), 47, new byte[8])),
                ("SCTP", IP(own, Host(6, six), 132, new byte[12])),
                ("TTL 1", Udp(Host(6, six), ttl: 1)),
                ("from an allowed prefix", UdpPacket(A(six ? "fd77::7" : "192.168.7.7"), Host(6, six))),
            }
        )
        {
            yield return Deliver($"{what} to a pod of this node is delivered", packet);
        }
        var far = Host(7, six);
        foreach (
            var (what, packet) in new[]
            {
                ("UDP", Udp(far)),
                ("a TCP SYN", TcpPacket(own, far, Syn)),
                ("a ping", EchoRequest(own, far)),
                ("the largest that fits", Udp(far, 1450 - (six ? 48 : 28))),
            }
        )
        {
            yield return Tunnel($"{what} to another node is encapsulated", packet, packet, NodeA.NodeB, 207);
        }
        // A test run's super-packet has no type, and the kernel refuses to encapsulate it. Real ones: OverlayTests.
        yield return Dropped(
            "a super-packet that the kernel cannot encapsulate",
            DropReason.EncapFailed,
            TcpPacket(own, far, Ack, 3000)
        ) with
        {
            GsoSize = 1390,
        };
        yield return Tunnel(
            "an imported route costs a hop",
            Udp(To(23), ttl: 64),
            Udp(To(23), ttl: 63),
            NodeA.NodeB,
            209
        );
        yield return Deliver("an imported route to a pod here costs a hop", Udp(To(29), ttl: 64)) with
        {
            Out = Delivered(Other, Udp(To(29), ttl: 63)),
        };
        foreach (var flags in new byte[] { Ack, Syn | Ack, Fin | Ack })
        {
            var reply = TcpPacket(own, Host(8, six), flags);
            yield return Tunnel($"TCP flags {flags:x} to an interface not up yet pass", reply, reply, NodeA.NodeB, 208);
        }
        yield return Dropped("a SYN to an interface not up yet", DropReason.NotUp, TcpPacket(own, Host(8, six), Syn));
        yield return Dropped("a dropping host route", DropReason.StaticDrop, Udp(Host(9, six)));
        yield return Dropped("a dropping prefix", DropReason.NoWayBack, Udp(To(24)));
        yield return Dropped("a system address", DropReason.SystemReplyOnly, Udp(To(26)));
        yield return Dropped(
            "a UDP super-packet to another node",
            DropReason.EncapFailed,
            UdpPacket(own, far, 2000)
        ) with
        {
            GsoSize = 1000,
        };
        foreach (var prefix in new[] { 20, 21, 22, 25, 27 })
        {
            yield return Dropped($"what is not built yet, to {To(prefix)}", DropReason.Unsupported, Udp(To(prefix)));
        }
        yield return Dropped("a foreign source", DropReason.SpoofedAddress, UdpPacket(Host(6, six), far));
        yield return Drop(
            $"{family}: a foreign MAC",
            DropReason.SpoofedMac,
            Ethernet(Mac.Gateway, Stranger, Udp(Host(6, six)))
        );
        yield return Dropped("multicast", DropReason.Multicast, Udp(A(six ? "ff05::1:3" : "239.1.2.3")));
        yield return Dropped("a TCP header of 16 octets", DropReason.Malformed, ShortTcp(own, far));
        yield return Dropped("a UDP length over the packet's", DropReason.Malformed, WrongUdp(own, far, 200));
        yield return Dropped("a UDP length of 7", DropReason.Malformed, WrongUdp(own, far, 7));
        yield return Dropped("an ICMP message of 4 octets", DropReason.Malformed, IcmpPacket(own, far, 8, 0, []));
        yield return Dropped("SCTP of 8 octets", DropReason.Malformed, IP(own, far, 132, new byte[8]));
        yield return Answer(
            $"{family}: a ping to the gateway is answered",
            Sent(EchoRequest(own, Host(1, six), ttl: 7)),
            Delivered(Pod, EchoReply(Host(1, six), own))
        );
        foreach (var to in new[] { Host(1, six), Host(99, six), Host(12, six), A(six ? "2001:db8::1" : "8.8.8.8") })
        {
            var reason = DropReason.NoRoute;
            if (to == Host(12, six))
            {
                yield return Dropped("a route to an endpoint that is no tunnel", reason, Udp(to));
                continue;
            }
            yield return Answer(
                $"{family}: no route to {to}",
                Sent(Udp(to)),
                Error(own, six ? (byte)1 : (byte)3, 0, [0, 0, 0, 0], Udp(to)),
                reason
            );
        }
        yield return Answer(
            $"{family}: TTL 1 on an imported route",
            Sent(Udp(To(23), ttl: 1)),
            Error(own, six ? (byte)3 : (byte)11, 0, [0, 0, 0, 0], Udp(To(23), ttl: 1)),
            DropReason.TtlExpired
        );
        byte[] mtu = six ? [0, 0, 5, 70] : [0, 0, 5, 70]; // 1350
        var big = Udp(Host(11, six), 1350 - (six ? 48 : 28) + 1);
        yield return Answer(
            $"{family}: too big for the path",
            Sent(big),
            Error(own, six ? (byte)2 : (byte)3, six ? (byte)0 : (byte)4, mtu, big),
            DropReason.TooBig
        );
        var bigSegments = TcpPacket(own, Host(11, six), Ack, 2900);
        yield return Answer(
            $"{family}: segments too big for the path",
            Sent(bigSegments),
            Error(own, six ? (byte)2 : (byte)3, six ? (byte)0 : (byte)4, mtu, bigSegments),
            DropReason.TooBig
        ) with
        {
            GsoSize = (uint)(1350 - (six ? 60 : 40) + 1),
        };
        yield return Dropped(
            "an ICMP error too big is not answered by another",
            DropReason.TooBig,
            IcmpPacket(own, Host(11, six), six ? (byte)1 : (byte)3, 0, new byte[1400])
        );
    }

    // From the gateway, about the first 96 octets of the packet.
    private static byte[] Error(Address to, byte type, byte code, byte[] word, byte[] about) =>
        Delivered(
            Pod,
            IcmpPacket(Host(1, !to.IsIPv4), to, type, code, [.. word, .. about[..Math.Min(96, about.Length)]])
        );

    private static byte[] ShortTcp(Address from, Address to)
    {
        var packet = TcpPacket(from, to, Ack);
        packet[from.IsIPv4 ? 32 : 52] = 4 << 4;
        return packet;
    }

    private static byte[] WrongUdp(Address from, Address to, byte length)
    {
        var packet = UdpPacket(from, to);
        packet[from.IsIPv4 ? 25 : 45] = length;
        return packet;
    }

    private static IEnumerable<PacketRow> IPv4Only()
    {
        var (own, other, far) = (A("10.10.0.5"), A("10.10.0.6"), A("10.10.0.7"));
        var udp = UdpDatagram(own, other, 1, 2, new byte[24]);
        PacketRow Deliver(string says, byte[] packet) =>
            new($"v4: {says}", Agent.Datapath.Outcome.Deliver, Sent(packet)) { Out = Delivered(Other, packet) };
        byte[] Changed(int at, byte value)
        {
            var packet = IP(own, other, Udp, udp);
            packet[at] = value;
            return packet;
        }

        yield return Deliver("options", IP(own, other, Udp, udp, options: [0x94, 4, 0, 0, 1, 1, 1, 0]));
        yield return Deliver("forty octets of options", IP(own, other, Udp, udp, options: new byte[40]));
        yield return Deliver("a first fragment", IP(own, other, Udp, udp, fragment: 0x2000));
        yield return Deliver("a later fragment", IP(own, other, Udp, new byte[8], fragment: 0x0003));
        foreach (var fragment in new ushort[] { 0x2000, 0x2003, 0x0003 })
        {
            var part = IP(own, far, Udp, udp, fragment: fragment);
            yield return new PacketRow(
                $"v4: a fragment {fragment:x4} to another node",
                Agent.Datapath.Outcome.Tunnel,
                Sent(part)
            )
            {
                Out = Encapsulated(NodeA.NodeB, 207, part),
            };
        }
        var marked = IP(own, far, Udp, UdpDatagram(own, far, 1, 2, new byte[24]), tos: 0xb9);
        yield return new PacketRow(
            "v4: DSCP goes into the outer header, ECN not",
            Agent.Datapath.Outcome.Tunnel,
            Sent(marked)
        )
        {
            Out = Encapsulated(NodeA.NodeB, 207, marked, tos: 0xb8),
        };
        var padded = IP(own, other, Udp, UdpDatagram(own, other, 1, 2, []));
        yield return new PacketRow(
            "v4: a frame padded to 60 octets",
            Agent.Datapath.Outcome.Deliver,
            [.. Sent(padded), .. new byte[18]]
        )
        {
            IsPadded = true,
        };
        yield return Answer(
            "v4: a small packet in a frame too big for the path",
            [.. Sent(UdpPacket(own, far)), .. new byte[1450]],
            Error(own, 3, 4, [0, 0, 1450 >> 8, 1450 & 0xff], UdpPacket(own, far)),
            DropReason.TooBig
        ) with
        {
            IsPadded = true,
        };
        yield return Drop("v4: version 5", DropReason.Malformed, Sent(Changed(0, 0x55)));
        yield return Drop("v4: a header of 16 octets", DropReason.Malformed, Sent(Changed(0, 0x44)));
        yield return Drop("v4: a header over the packet", DropReason.Malformed, Sent(Changed(0, 0x4f)));
        yield return Drop("v4: a length over the frame", DropReason.Malformed, Sent(Changed(3, 200)));
        yield return Drop("v4: a length under the header", DropReason.Malformed, Sent(Changed(3, 19)));
        yield return Drop("v4: ICMPv6 in IPv4", DropReason.Malformed, Sent(IP(own, other, Icmp6, new byte[8])));
        yield return Drop(
            "v4: an IPv6 packet in an IPv4 frame",
            DropReason.Malformed,
            Mislabelled(IPv4Type, "fd10::5", "fd10::6")
        );
        yield return Drop("v4: broadcast", DropReason.Multicast, Sent(UdpPacket(own, A("255.255.255.255"))));
        yield return Drop(
            "v4: a later fragment too big for the path is not answered",
            DropReason.TooBig,
            Sent(IP(own, A("10.10.0.11"), Udp, new byte[1400], fragment: 0x0003))
        );
        yield return Drop(
            "v4: a fragmented ping to the gateway",
            DropReason.Unsupported,
            Sent(IP(own, A("10.10.0.1"), Icmp, [8, 0, 0, 0, 0, 0, 0, 0], fragment: 0x2000))
        );
    }

    private static IEnumerable<PacketRow> IPv6Only()
    {
        var (own, other) = (A("fd10::5"), A("fd10::6"));
        var udp = UdpDatagram(own, other, 1, 2, new byte[24]);
        byte[] Extensions(byte first, params byte[][] headers) =>
            Sent(IP(own, other, first, [.. headers.SelectMany(header => header), .. udp]));
        PacketRow Deliver(string says, byte[] frame) => new($"v6: {says}", Agent.Datapath.Outcome.Deliver, frame);
        byte[] Header(byte next, byte length = 0) => [next, length, .. new byte[6 + length * 8]];

        yield return Deliver("hop by hop", Extensions(0, Header(Udp)));
        yield return Deliver("routing and destination options", Extensions(43, Header(60, 1), Header(Udp, 2)));
        yield return Deliver("authentication", Extensions(51, [Udp, 1, .. new byte[10]]));
        yield return Deliver("six headers", Extensions(0, [.. Enumerable.Repeat(Header(60), 5), Header(Udp)]));
        yield return Deliver("a first fragment", Extensions(44, [Udp, 0, 0, 1, 0, 0, 0, 9]));
        yield return Deliver("a later fragment", Extensions(44, [Udp, 0, 1, 0, 0, 0, 0, 9]));
        yield return Deliver("an atomic fragment", Extensions(44, [Udp, 0, 0, 0, 0, 0, 0, 9]));
        foreach (var offset in new byte[] { 0, 8 })
        {
            var part = IP(own, A("fd10::7"), 44, [Udp, 0, 0, (byte)(offset | 1), 0, 0, 0, 9, .. udp]);
            yield return new PacketRow(
                $"v6: a fragment at {offset} to another node",
                Agent.Datapath.Outcome.Tunnel,
                Sent(part)
            )
            {
                Out = Encapsulated(NodeA.NodeB, 207, part),
            };
        }
        yield return Deliver("no next header", Sent(IP(own, other, 59, [])));
        yield return Drop(
            "v6: seven headers",
            DropReason.Malformed,
            Extensions(0, [.. Enumerable.Repeat(Header(60), 6), Header(Udp)])
        );
        yield return Drop(
            "v6: hop by hop in second place",
            DropReason.Malformed,
            Extensions(60, Header(0), Header(Udp))
        );
        yield return Drop(
            "v6: an extension over the packet",
            DropReason.Malformed,
            Extensions(60, [Udp, 200, 0, 0, 0, 0, 0, 0])
        );
        yield return Drop("v6: an extension cut short", DropReason.Malformed, Sent(IP(own, other, 60, [Udp, 0, 0, 0])));
        yield return Drop("v6: ICMP in IPv6", DropReason.Malformed, Sent(IP(own, other, Icmp, new byte[8])));
        yield return Drop(
            "v6: a v4-mapped source",
            DropReason.Malformed,
            Sent(UdpPacket(A("::ffff:10.10.0.5"), other))
        );
        yield return Drop(
            "v6: a v4-mapped destination",
            DropReason.Malformed,
            Sent(UdpPacket(own, A("::ffff:10.10.0.6")))
        );
        yield return Drop(
            "v6: an IPv4 packet in an IPv6 frame",
            DropReason.Malformed,
            Mislabelled(IPv6Type, "10.10.0.5", "10.10.0.6")
        );
        yield return Drop("v6: from :: to a pod", DropReason.SpoofedAddress, Sent(UdpPacket(Unspecified, other)));
        yield return Drop("v6: from link-local to a pod", DropReason.SpoofedAddress, Sent(UdpPacket(LinkLocal, other)));
        yield return Drop(
            "v6: a multicast listener report",
            DropReason.Multicast,
            Sent(IcmpPacket(LinkLocal, A("ff02::16"), 143, 0, new byte[24], 1))
        );
        yield return Drop(
            "v6: a multicast listener report from ::",
            DropReason.Multicast,
            Sent(IcmpPacket(Unspecified, A("ff02::16"), 143, 0, new byte[24], 1))
        );
        yield return Answer(
            "v6: to another's link-local address",
            Sent(UdpPacket(own, A("fe80::7"))),
            Error(own, 1, 0, [0, 0, 0, 0], UdpPacket(own, A("fe80::7"))),
            DropReason.NoRoute
        );
        yield return Answer(
            "v6: a ping from link-local to fe80::1",
            Sent(EchoRequest(LinkLocal, A("fe80::1"))),
            Delivered(Pod, EchoReply(A("fe80::1"), LinkLocal))
        );
    }

    // Long enough for either header.
    private static byte[] Mislabelled(ushort type, string from, string to) =>
        Ethernet(Mac.Gateway, Pod, type, UdpPacket(A(from), A(to), 64));

    private static IEnumerable<PacketRow> Neighbours()
    {
        var (own, four) = (A("fd10::5"), A("10.10.0.5"));
        var none = A("0.0.0.0");
        byte[] Ask(string target, Address? from = null, Mac? mac = null) =>
            Ethernet(Broadcast, Pod, ArpType, Arp(1, mac ?? Pod, from ?? four, default, A(target)));
        byte[] Told(string target, Address? to = null) =>
            Ethernet(Pod, Mac.Gateway, ArpType, Arp(2, Mac.Gateway, A(target), Pod, to ?? four));
        foreach (
            var (target, says) in new[]
            {
                ("10.10.0.1", "the gateway"),
                ("10.10.0.6", "a pod here"),
                ("10.10.0.7", "a pod elsewhere"),
                ("10.10.0.99", "a free address of the subnet"),
            }
        )
        {
            yield return Answer($"ARP: who has {says}", Ask(target), Told(target));
        }
        yield return Answer("ARP: a probe for another's address", Ask("10.10.0.7", none), Told("10.10.0.7", none));
        yield return Answer("ARP: a probe for the gateway's address", Ask("10.10.0.1", none), Told("10.10.0.1", none));
        foreach (
            var (says, frame) in new[]
            {
                ("a probe for its own address", Ask("10.10.0.5", none)),
                ("a probe for a free address", Ask("10.10.0.99", none)),
                ("an announcement", Ask("10.10.0.5")),
                ("its own allowed address", Ask("192.168.7.9")),
                ("an imported route", Ask("10.23.0.1")),
                ("outside the subnet", Ask("8.8.8.8")),
                ("multicast", Ask("224.0.0.1")),
                ("a reply", Ethernet(Mac.Gateway, Pod, ArpType, Arp(2, Pod, four, Mac.Gateway, A("10.10.0.1")))),
            }
        )
        {
            yield return Drop($"ARP: no answer to {says}", DropReason.NoNeighbour, frame);
        }
        yield return Drop(
            "ARP: another's address as sender",
            DropReason.SpoofedAddress,
            Ask("10.10.0.7", A("10.10.0.6"))
        );
        yield return Drop("ARP: another's MAC as sender", DropReason.SpoofedMac, Ask("10.10.0.7", mac: Stranger));
        foreach (
            var (says, at, value) in new[]
            {
                ("other hardware", 15, 6),
                ("another protocol", 16, 0x86),
                ("a MAC of 8 octets", 18, 8),
                ("an address of 16 octets", 19, 16),
            }
        )
        {
            var odd = Ask("10.10.0.7");
            odd[at] = (byte)value;
            yield return Drop($"ARP: {says}", DropReason.Malformed, odd);
        }

        var group = A("ff02::1:ff00:7");
        byte[] Solicit(string target, Address? from = null, Address? to = null, byte ttl = 255) =>
            Sent(Solicitation(from ?? own, to ?? group, A(target), Pod, ttl));
        byte[] Advertised(string target, Address? to = null, byte flags = 0xe0) =>
            Ethernet(Pod, Mac.Gateway, Advertisement(A(target), to ?? own, flags, Mac.Gateway));
        foreach (
            var (target, says) in new[]
            {
                ("fd10::1", "the gateway"),
                ("fe80::1", "the link-local gateway"),
                ("fd10::6", "a pod here"),
                ("fd10::7", "a pod elsewhere"),
                ("fd10::99", "a free address of the subnet"),
            }
        )
        {
            yield return Answer($"ND: who has {says}", Solicit(target), Advertised(target));
        }
        yield return Answer(
            "ND: is it still there, by unicast",
            Solicit("fd10::7", to: A("fd10::7")),
            Advertised("fd10::7")
        );
        yield return Answer("ND: from link-local", Solicit("fd10::7", LinkLocal), Advertised("fd10::7", LinkLocal));
        foreach (var target in new[] { "fd10::7", "fd10::1", "fe80::1" })
        {
            yield return Answer(
                $"ND: duplicate detection of {target}, which another holds",
                Solicit(target, Unspecified),
                Advertised(target, A("ff02::1"), 0xa0)
            );
        }
        foreach (
            var (says, frame) in new[]
            {
                ("duplicate detection of its own", Solicit("fd10::5", Unspecified)),
                ("duplicate detection of a free address", Solicit("fd10::99", Unspecified)),
                ("duplicate detection of link-local", Solicit("fe80::5", Unspecified)),
                ("its own address", Solicit("fd10::5")),
                ("another's link-local address", Solicit("fe80::7")),
                ("an imported route", Solicit("fd23::1")),
                ("outside the subnet", Solicit("2001:db8::1")),
                ("an advertisement", Sent(Advertisement(own, A("ff02::1"), 0x20, Pod))),
                ("a router's advertisement", Sent(IcmpPacket(LinkLocal, A("ff02::1"), 134, 0, new byte[12], 255))),
                ("a redirect", Sent(IcmpPacket(LinkLocal, own, 137, 0, new byte[36], 255))),
            }
        )
        {
            yield return Drop($"ND: no answer to {says}", DropReason.NoNeighbour, frame);
        }
        yield return Drop("ND: from off the link", DropReason.Malformed, Solicit("fd10::7", ttl: 254));
        yield return Drop("ND: a multicast target", DropReason.Malformed, Solicit("ff02::1"));
        yield return Drop("ND: a v4-mapped target", DropReason.Malformed, Solicit("::ffff:10.10.0.7"));
        yield return Drop(
            "ND: another's address as source",
            DropReason.SpoofedAddress,
            Solicit("fd10::7", A("fd10::6"))
        );
        yield return Drop(
            "ND: without a target",
            DropReason.Malformed,
            Sent(IcmpPacket(own, group, 135, 0, new byte[4], 255))
        );
        byte[] Options(Address from, params byte[] options) =>
            Sent(IcmpPacket(from, group, 135, 0, [0, 0, 0, 0, .. A("fd10::7").ToArray(), .. options], 255));
        byte[] mac = [1, 1, .. Pod.ToArray()];
        byte[] nonce = [14, 1, 1, 2, 3, 4, 5, 6];
        yield return Answer("ND: with a nonce", Options(own, [.. mac, .. nonce]), Advertised("fd10::7"));
        yield return Answer("ND: without options", Options(own), Advertised("fd10::7"));
        yield return Answer(
            "ND: duplicate detection with a nonce",
            Options(Unspecified, nonce),
            Advertised("fd10::7", A("ff02::1"), 0xa0)
        );
        foreach (
            var (says, frame) in new[]
            {
                ("an option of length 0", Options(own, 1, 0, 0, 0, 0, 0, 0, 0)),
                ("an option over the packet", Options(own, 14, 2, 0, 0, 0, 0, 0, 0)),
                ("half an option", Options(own, 1, 1, 0, 0)),
                ("a hundred options", Options(own, [.. Enumerable.Repeat(nonce, 100).SelectMany(one => one)])),
                ("a MAC of who has no address", Options(Unspecified, mac)),
                (
                    "a router solicited with an option of length 0",
                    Sent(RouterSolicitation(LinkLocal, [1, 0, .. Pod.ToArray()]))
                ),
                ("a router solicited from :: with a MAC", Sent(RouterSolicitation(Unspecified, mac))),
            }
        )
        {
            yield return Drop($"ND: {says}", DropReason.Malformed, frame);
        }
        yield return Drop(
            "ND: another's MAC as source",
            DropReason.SpoofedMac,
            Options(own, [1, 1, .. Stranger.ToArray()])
        );
        yield return Drop(
            "ND: a router solicited with another's MAC",
            DropReason.SpoofedMac,
            Sent(RouterSolicitation(LinkLocal, [1, 1, .. Stranger.ToArray()]))
        );
        foreach (var (from, to) in new[] { (LinkLocal, LinkLocal), (Unspecified, A("ff02::1")) })
        {
            byte[] advertisement =
            [
                64,
                0,
                7,
                8,
                .. new byte[8],
                1,
                1,
                .. Mac.Gateway.ToArray(),
                5,
                1,
                0,
                0,
                0,
                0,
                5,
                170,
            ];
            yield return Answer(
                $"ND: a router solicited from {from}",
                Sent(IcmpPacket(from, A("ff02::2"), 133, 0, new byte[4], 255)),
                Ethernet(Pod, Mac.Gateway, IcmpPacket(A("fe80::1"), to, 134, 0, advertisement, 255))
            );
        }
    }

    private static byte[] RouterSolicitation(Address from, byte[] options) =>
        IcmpPacket(from, A("ff02::2"), 133, 0, [0, 0, 0, 0, .. options], 255);

    private static IEnumerable<PacketRow> Links()
    {
        var packet = UdpPacket(A("10.10.0.5"), A("10.10.0.6"));
        yield return Drop(
            "a tagged frame",
            DropReason.Tagged,
            Ethernet(Mac.Gateway, Pod, 0x8100, [0, 5, 8, 0, .. packet])
        );
        yield return Drop(
            "a twice tagged frame",
            DropReason.Tagged,
            Ethernet(Mac.Gateway, Pod, 0x88a8, [0, 5, 0x81, 0, .. packet])
        );
        yield return Drop("LLDP", DropReason.NotIp, Ethernet(Mac.Gateway, Pod, 0x88cc, new byte[46]));
        yield return Drop("an 802.3 length", DropReason.NotIp, Ethernet(Mac.Gateway, Pod, 46, new byte[46]));
    }
}
