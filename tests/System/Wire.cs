using System.Collections.Concurrent;
using System.Net.Sockets;
using Tombolo.Linux;
using Tombolo.Values;
using AddressFamily = System.Net.Sockets.AddressFamily;

namespace Tombolo.Tests.SystemTests;

/// <summary>Listens on a node's underlay: counts VXLAN, and notes outer addresses that are none of the underlay's.</summary>
internal sealed class Wire : IDisposable
{
    private const int AnyProtocol = 0x0300; // htons(ETH_P_ALL)
    private static readonly Prefix Underlay = Prefix.Parse("172.30.0.0/16");
    private readonly Socket socket;
    private readonly Thread reader;
    private int encapsulated;

    private readonly string underlayMac;
    private volatile bool done;

    public Wire(string netns, string device)
    {
        // All devices of the namespace are heard; those of pods carry other MACs than the underlay's.
        (socket, underlayMac) = Netns.Run(
            netns,
            () => (new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)AnyProtocol), MacOf(device))
        );
        socket.ReceiveTimeout = 100; // milliseconds between looks whether to stop
        reader = new Thread(Read) { IsBackground = true };
        reader.Start();
    }

    public int Encapsulated => Volatile.Read(ref encapsulated);

    /// <summary>Outer addresses outside the underlay's prefix.</summary>
    public ConcurrentBag<string> Strangers { get; } = [];

    private static string MacOf(string device)
    {
        using var links = Netlink.Open();
        return links.Links.Named(device).Mac.ToString();
    }

    private void Read()
    {
        var frame = new byte[65_536];
        while (!done)
        {
            try
            {
                Judge(frame.AsSpan(0, socket.Receive(frame)));
            }
            catch (SocketException quiet) when (quiet.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            { }
        }
    }

    private void Judge(ReadOnlySpan<byte> frame)
    {
        if (
            frame.Length < 42
            || (Mac.Read(frame).ToString() != underlayMac && Mac.Read(frame[6..]).ToString() != underlayMac)
        )
        {
            return;
        }
        var type = (frame[12] << 8) | frame[13];
        if (type == 0x86dd && frame.Length >= 54)
        {
            // The node's own neighbour discovery and nothing else.
            Note(Address.Read(frame[22..38]), IsLocal);
            Note(Address.Read(frame[38..54]), IsLocal);
        }
        if (type != 0x0800)
        {
            return;
        }
        Note(Address.Read(frame[26..30]), Underlay.Contains);
        Note(Address.Read(frame[30..34]), Underlay.Contains);
        if (frame[23] == 17 && ((frame[36] << 8) | frame[37]) == 4789)
        {
            Interlocked.Increment(ref encapsulated);
        }
    }

    private void Note(Address address, Func<Address, bool> expected)
    {
        if (!expected(address))
        {
            Strangers.Add(address.ToString());
        }
    }

    private static bool IsLocal(Address address) =>
        address.IsMulticast || address.Bits == 0 || Prefix.Parse("fe80::/10").Contains(address);

    public void Dispose()
    {
        done = true;
        reader.Join();
        socket.Dispose();
    }
}
