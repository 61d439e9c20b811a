using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tombolo.Linux;

namespace Tombolo.Tests.SystemTests;

/// <summary>
/// Numbered datagrams, 1,000 a second each way between two pods, from sockets inside their namespaces. What was sent and
/// never came is counted.
/// </summary>
internal sealed class Traffic : IDisposable
{
    private const int Rate = 1000;
    private const int Port = 9000;
    private const int ReceiveBuffer = 32 << 20; // a busy machine may leave a reader waiting for seconds
    private const int SocketLevel = 1;
    private const int ForceReceiveBuffer = 33; // SO_RCVBUFFORCE: beyond net.core.rmem_max

    // A sender that was held up goes on from there: a burst of a second would test queues, not routes.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(20);

    private readonly List<Way> ways = [];
    private readonly List<Thread> threads = [];
    private volatile bool stopped;

    private sealed class Way(Socket from, Socket to)
    {
        public Socket From { get; } = from;
        public Socket To { get; } = to;
        public long Sent;
        public long Received;
        public long Twice;
        public string? Refused;
    }

    /// <param name="a">Namespace and address of the one pod.</param>
    /// <param name="b">Those of the other, of the same family.</param>
    public Traffic((string Netns, string Address) a, (string Netns, string Address) b)
    {
        var one = Open(a, b.Address);
        var other = Open(b, a.Address);
        foreach (var way in (Way[])[new Way(one, other), new Way(other, one)])
        {
            ways.Add(way);
            threads.Add(new Thread(() => Send(way)) { IsBackground = true });
            threads.Add(new Thread(() => Receive(way)) { IsBackground = true });
        }
        threads.ForEach(thread => thread.Start());
    }

    public long Sent => ways.Sum(way => Interlocked.Read(ref way.Sent));

    public long Received => ways.Sum(way => Interlocked.Read(ref way.Received));

    /// <summary>True when both ways carry.</summary>
    public bool Flows => ways.TrueForAll(way => Interlocked.Read(ref way.Received) > 0);

    /// <summary>Stops sending and waits for what is on its way.</summary>
    public async Task AssertNothingLostAsync()
    {
        stopped = true;
        threads.ForEach(thread => thread.Join());
        Assert.All(ways, way => Assert.Null(way.Refused));
        await Wait.UntilAsync(
            () =>
            {
                ways.ForEach(Drain);
                return Received == Sent;
            },
            $"every datagram arrives: {string.Join(", ", ways.Select(way => $"{way.Received} of {way.Sent}"))}",
            5
        );
        Assert.All(ways, way => Assert.Equal(0, way.Twice));
    }

    private static Socket Open((string Netns, string Address) self, string other)
    {
        var address = IPAddress.Parse(self.Address);
        return Netns.Run(
            self.Netns,
            () =>
            {
                var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.SetRawSocketOption(SocketLevel, ForceReceiveBuffer, BitConverter.GetBytes(ReceiveBuffer));
                socket.Bind(new IPEndPoint(address, Port));
                socket.Connect(IPAddress.Parse(other), Port);
                socket.ReceiveTimeout = 100; // milliseconds between looks whether to stop
                return socket;
            }
        );
    }

    private void Send(Way way)
    {
        var datagram = new byte[64];
        var clock = Stopwatch.StartNew();
        var due = TimeSpan.Zero;
        while (!stopped)
        {
            due += TimeSpan.FromSeconds(1.0 / Rate);
            if (due > clock.Elapsed)
            {
                Thread.Sleep(1);
            }
            else if (clock.Elapsed - due > Burst)
            {
                due = clock.Elapsed;
            }
            BinaryPrimitives.WriteInt64BigEndian(datagram, Interlocked.Read(ref way.Sent));
            try
            {
                way.From.Send(datagram);
            }
            catch (SocketException refused)
            {
                way.Refused ??= $"datagram {way.Sent}: {refused.SocketErrorCode}";
            }
            Interlocked.Increment(ref way.Sent);
        }
    }

    private readonly Dictionary<Way, HashSet<long>> seen = [];

    private void Receive(Way way)
    {
        while (!stopped)
        {
            Take(way);
        }
    }

    private void Drain(Way way)
    {
        while (way.To.Available > 0)
        {
            Take(way);
        }
    }

    private void Take(Way way)
    {
        HashSet<long> numbers;
        lock (seen)
        {
            seen.TryAdd(way, []);
            numbers = seen[way];
        }
        var datagram = new byte[128];
        try
        {
            var length = way.To.Receive(datagram);
            if (length < 8 || !numbers.Add(BinaryPrimitives.ReadInt64BigEndian(datagram)))
            {
                way.Twice++;
                return;
            }
            Interlocked.Increment(ref way.Received);
        }
        catch (SocketException quiet) when (quiet.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock) { }
        catch (SocketException refused)
        {
            way.Refused ??= $"at the receiver: {refused.SocketErrorCode}";
        }
    }

    public void Dispose()
    {
        stopped = true;
        threads.ForEach(thread => thread.Join());
        ways.ForEach(way => way.From.Dispose());
    }
}
