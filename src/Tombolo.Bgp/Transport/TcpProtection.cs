using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tombolo.Values;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Tombolo.Bgp.Transport;

/// <summary>Linux socket options that protect a session: TCP MD5 (RFC 2385) and GTSM (RFC 5082).</summary>
internal static class TcpProtection
{
    private const int Tcp = 6;
    private const int TcpMd5Signature = 14;
    private const int IPTtl = 2;
    private const int IPMinTtl = 21;
    private const int IPv6UnicastHops = 16;
    private const int IPv6MinHopCount = 73;

    /// <summary>Longest key that the kernel takes (TCP_MD5SIG_MAXKEYLEN).</summary>
    public const int MaxKeyOctets = 80;

    /// <summary>Signs segments to and from a neighbour; on a listening socket for connections that it will open.</summary>
    public static void SetMd5(Socket socket, Address neighbor, string password)
    {
        // struct tcp_md5sig: sockaddr_storage 128 | flags 1 | prefix length 1 | key length 2 | ifindex 4 | key 80
        Span<byte> option = stackalloc byte[128 + 8 + MaxKeyOctets];
        option.Clear();
        var v4 = neighbor.IsIPv4;
        BinaryPrimitives.WriteUInt16LittleEndian(option, (ushort)(v4 ? 2 : 10));
        neighbor.Write(option[(v4 ? 4 : 8)..]);
        var length = Encoding.UTF8.GetBytes(password, option[136..]);
        BinaryPrimitives.WriteUInt16LittleEndian(option[130..], (ushort)length);
        socket.SetRawSocketOption(Tcp, TcpMd5Signature, option);
    }

    /// <summary>Sends with the highest TTL and takes nothing from further than <paramref name="hops"/> away.</summary>
    public static void SetGtsm(Socket socket, int hops)
    {
        SetTtl(socket, 255);
        Set(socket, IPMinTtl, IPv6MinHopCount, 256 - hops);
    }

    public static void SetTtl(Socket socket, int ttl) => Set(socket, IPTtl, IPv6UnicastHops, ttl);

    private static void Set(Socket socket, int v4, int v6, int value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(octets, value);
        var isV4 = socket.AddressFamily == AddressFamily.InterNetwork;
        socket.SetRawSocketOption(isV4 ? 0 : 41, isV4 ? v4 : v6, octets);
    }

    public static EndPoint EndPoint(Address address, int port) => new IPEndPoint(address.ToIPAddress(), port);
}
