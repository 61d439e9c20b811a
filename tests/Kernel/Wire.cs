using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>Builds packets from the inside out, lengths and checksums right unless asked otherwise.</summary>
internal static class Wire
{
    public const ushort IPv4Type = 0x0800;
    public const ushort ArpType = 0x0806;
    public const ushort IPv6Type = 0x86dd;
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmp6 = 58;
    public const byte Fin = 0x01;
    public const byte Syn = 0x02;
    public const byte Ack = 0x10;

    public static byte[] Ethernet(Mac to, Mac from, ushort type, byte[] payload)
    {
        var frame = new byte[14 + payload.Length];
        to.Write(frame);
        from.Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        payload.CopyTo(frame, 14);
        return frame;
    }

    /// <summary>A frame of the IP packet's own type.</summary>
    public static byte[] Ethernet(Mac to, Mac from, byte[] ip) =>
        Ethernet(to, from, ip[0] >> 4 == 4 ? IPv4Type : IPv6Type, ip);

    public static byte[] IP(
        Address from,
        Address to,
        byte protocol,
        byte[] payload,
        byte ttl = 64,
        byte[]? options = null,
        ushort fragment = 0,
        byte tos = 0
    )
    {
        if (!from.IsIPv4)
        {
            var ip6 = new byte[40 + payload.Length];
            ip6[0] = (byte)(0x60 | (tos >> 4));
            ip6[1] = (byte)(tos << 4);
            BinaryPrimitives.WriteUInt16BigEndian(ip6.AsSpan(4), (ushort)payload.Length);
            ip6[6] = protocol;
            ip6[7] = ttl;
            from.Write(ip6.AsSpan(8));
            to.Write(ip6.AsSpan(24));
            payload.CopyTo(ip6, 40);
            return ip6;
        }
        var header = 20 + (options?.Length ?? 0);
        var ip = new byte[header + payload.Length];
        ip[0] = (byte)(0x40 | (header / 4));
        ip[1] = tos;
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(2), (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(6), fragment);
        ip[8] = ttl;
        ip[9] = protocol;
        from.Write(ip.AsSpan(12));
        to.Write(ip.AsSpan(16));
        options?.CopyTo(ip, 20);
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(10), Checksum(ip.AsSpan(0, header)));
        payload.CopyTo(ip, header);
        return ip;
    }

    public static byte[] UdpPacket(Address from, Address to, int length = 32, ushort port = 8080, byte ttl = 64) =>
        IP(from, to, Udp, UdpDatagram(from, to, 40000, port, new byte[length]), ttl);

    public static byte[] UdpDatagram(Address from, Address to, ushort source, ushort destination, byte[] payload)
    {
        var datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, source);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), destination);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram, 8);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), PseudoChecksum(from, to, Udp, datagram));
        return datagram;
    }

    public static byte[] TcpPacket(Address from, Address to, byte flags, int length = 0, byte ttl = 64)
    {
        var segment = new byte[20 + length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, 40000);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 8080);
        segment[12] = 5 << 4;
        segment[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), PseudoChecksum(from, to, Tcp, segment));
        return IP(from, to, Tcp, segment, ttl);
    }

    /// <summary>An ICMP message of the addresses' family; <paramref name="rest"/> follows type, code and checksum.</summary>
    public static byte[] IcmpPacket(Address from, Address to, byte type, byte code, byte[] rest, byte ttl = 64)
    {
        var message = new byte[4 + rest.Length];
        message[0] = type;
        message[1] = code;
        rest.CopyTo(message, 4);
        var protocol = from.IsIPv4 ? Icmp : Icmp6;
        BinaryPrimitives.WriteUInt16BigEndian(
            message.AsSpan(2),
            from.IsIPv4 ? Checksum(message) : PseudoChecksum(from, to, protocol, message)
        );
        return IP(from, to, protocol, message, ttl);
    }

    public static byte[] EchoRequest(Address from, Address to, byte ttl = 64) =>
        IcmpPacket(from, to, from.IsIPv4 ? (byte)8 : (byte)128, 0, [0x12, 0x34, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8], ttl);

    public static byte[] EchoReply(Address from, Address to) =>
        IcmpPacket(from, to, from.IsIPv4 ? (byte)0 : (byte)129, 0, [0x12, 0x34, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8]);

    public static byte[] Arp(ushort operation, Mac senderMac, Address sender, Mac targetMac, Address target)
    {
        var arp = new byte[28];
        byte[] fixedPart = [0, 1, 8, 0, 6, 4];
        fixedPart.CopyTo(arp, 0);
        BinaryPrimitives.WriteUInt16BigEndian(arp.AsSpan(6), operation);
        senderMac.Write(arp.AsSpan(8));
        sender.Write(arp.AsSpan(14));
        targetMac.Write(arp.AsSpan(18));
        target.Write(arp.AsSpan(24));
        return arp;
    }

    /// <summary>A neighbour solicitation; without a source link-layer option from ::, as RFC 4861 asks.</summary>
    public static byte[] Solicitation(Address from, Address to, Address target, Mac mac, byte ttl = 255) =>
        IcmpPacket(
            from,
            to,
            135,
            0,
            [0, 0, 0, 0, .. target.ToArray(), .. from.Bits == 0 ? (byte[])[] : [1, 1, .. mac.ToArray()]],
            ttl
        );

    public static byte[] Advertisement(Address from, Address to, byte flags, Mac mac) =>
        IcmpPacket(from, to, 136, 0, [flags, 0, 0, 0, .. from.ToArray(), 2, 1, .. mac.ToArray()], 255);

    /// <summary>VXLAN over IPv4 as our nodes send it: UDP checksum zero, DF, TTL 64.</summary>
    public static byte[] Vxlan(
        Address from,
        Address to,
        uint vni,
        byte[] innerFrame,
        ushort sourcePort = 50000,
        byte flags = 8,
        ushort port = 4789,
        byte tos = 0,
        byte[]? options = null,
        ushort fragment = 0x4000
    )
    {
        var header = new byte[8];
        header[0] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), vni << 8);
        var udp = UdpDatagram(from, to, sourcePort, port, [.. header, .. innerFrame]);
        udp[6] = udp[7] = 0;
        return IP(from, to, Udp, udp, 64, options, fragment, tos);
    }

    /// <summary>MPLS in UDP over IPv4 as our nodes send it: one label, S set, TTL 64, UDP checksum zero, DF.</summary>
    public static byte[] MplsUdp(
        Address from,
        Address to,
        uint label,
        byte[] packet,
        bool bottom = true,
        byte labelTtl = 64,
        byte tos = 0,
        byte[]? options = null,
        ushort fragment = 0x4000
    )
    {
        var entry = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(entry, (label << 12) | (bottom ? 0x100u : 0) | labelTtl);
        var udp = UdpDatagram(from, to, 50000, 6635, [.. entry, .. packet]);
        udp[6] = udp[7] = 0;
        return IP(from, to, Udp, udp, 64, options, fragment, tos);
    }

    public static ushort Checksum(ReadOnlySpan<byte> octets) => (ushort)~Fold(Sum(octets));

    private static ushort PseudoChecksum(Address from, Address to, byte protocol, ReadOnlySpan<byte> octets)
    {
        var sum = Sum(from.ToArray()) + Sum(to.ToArray()) + protocol + (uint)octets.Length + Sum(octets);
        return (ushort)~Fold(sum);
    }

    private static uint Sum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            sum += (uint)(i % 2 == 0 ? octets[i] << 8 : octets[i]);
        }
        return sum;
    }

    private static uint Fold(uint sum)
    {
        while (sum > 0xffff)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }
}
