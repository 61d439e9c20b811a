using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tombolo.Bgp.Speaking;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Tests.Bgp;

/// <summary>Speakers in this process, each on a loopback address of its own and a port that is free.</summary>
internal sealed class SpeakerPair : IAsyncDisposable
{
    private static readonly int Net = Environment.ProcessId % 250 + 1;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];

    public int Port { get; } = FreePort();

    public ConcurrentQueue<BgpEvent> Events { get; } = new();

    public static Address Loopback(int host) => Address.Parse($"127.77.{Net}.{host}");

    public Speaker Start(Address address, uint number, Func<SpeakerOptions, SpeakerOptions>? change = null)
    {
        var options = new SpeakerOptions
        {
            As = number,
            RouterId = address,
            Listen = [address],
            Port = Port,
        };
        var speaker = new Speaker(change?.Invoke(options) ?? options, TimeProvider.System, Events.Enqueue);
        running.Add(speaker.RunAsync(stop.Token));
        return speaker;
    }

    public NeighborOptions Neighbor(Address own, Address address, uint number) =>
        new()
        {
            Name = address.ToString(),
            Address = address,
            As = number,
            Port = Port,
            LocalAddress = own,
            ConnectRetry = TimeSpan.FromMilliseconds(200),
        };

    public bool Saw(BgpEventKind kind) => Events.Any(one => one.Kind == kind);

    /// <summary>A neighbour played by hand: connected, and past its OPEN and KEEPALIVE.</summary>
    public async Task<Socket> PlayAsync(Address own, Address to, uint number, Capabilities? capabilities = null)
    {
        var socket = await ConnectAsync(own, to);
        var messages = new OctetBuffer();
        new OpenMessage(
            number,
            90,
            (uint)own.Bits,
            capabilities ?? new Capabilities { Families = [Family.IPv4Unicast], FourOctetAs = number }
        ).WriteTo(messages);
        Message.WriteKeepalive(messages);
        await socket.SendAsync(messages.Segment(0, messages.Count));
        return socket;
    }

    public async Task<Socket> ConnectAsync(Address own, Address to)
    {
        var socket = new Socket(System.Net.Sockets.AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(own.ToIPAddress(), 0));
        await socket.ConnectAsync(new IPEndPoint(to.ToIPAddress(), Port));
        return socket;
    }

    /// <summary>Reads until the other side closes or falls silent; gives the last message's type and first two octets.</summary>
    public static async Task<(MessageType Type, byte Code, byte Subcode)> LastMessageAsync(Socket socket)
    {
        var all = new List<byte>();
        var buffer = new byte[65536];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer, patience.Token)) > 0; )
            {
                all.AddRange(buffer.AsSpan(0, count));
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException)
        {
            // Reset, or still open: what came is what there is.
        }
        (MessageType, byte, byte) last = default;
        for (
            ReadOnlySpan<byte> rest = all.ToArray();
            Message.TryFrame(rest, true, out var type, out var length, out _);
            rest = rest[length..]
        )
        {
            last = (type, length > 19 ? rest[19] : (byte)0, length > 20 ? rest[20] : (byte)0);
        }
        return last;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        stop.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
