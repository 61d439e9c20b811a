using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Transport;

/// <summary>
/// One TCP connection: reads whole messages into pooled buffers for its owner's loop, sends what its feed holds. All but
/// the reading itself happens on the owner's loop.
/// </summary>
internal sealed class TcpLink : IDisposable
{
    private const int ReadSize = 64 * 1024;
    private const int SendSize = 1024 * 1024;

    private readonly Socket socket;
    private readonly Action<LinkReport> report;

    // One buffer read ahead of the one in work: a neighbour that floods waits, and holds nobody else up.
    private readonly SemaphoreSlim mayRead = new(2);
    private readonly SocketAsyncEventArgs sending = new();
    private readonly List<ArraySegment<byte>> segments = [];
    private readonly List<SharedBuffer> inFlight = [];
    private readonly CancellationTokenSource closed = new();
    private bool isSending;
    private bool closesWhenSent;
    private bool disposed;

    public TcpLink(Socket socket, Direction direction, ushort source, Action<LinkReport> report)
    {
        this.socket = socket;
        this.report = report;
        Direction = direction;
        Feed = new PeerFeed(source);
        socket.NoDelay = true;
        LocalAddress = AddressOf(socket.LocalEndPoint);
        sending.Completed += (_, args) => report(new LinkReport(this, LinkReportKind.Sent, null, 0, args.SocketError));
    }

    public Direction Direction { get; }

    public PeerFeed Feed { get; }

    public Address LocalAddress { get; }

    /// <summary>Set when nobody wants to hear of the link any more; it only drains.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>When octets last left, for RFC 9687's send hold timer; set by the owner.</summary>
    public TimeSpan LastSent { get; set; }

    public bool IsBlocked => isSending;

    /// <summary>Reads until the neighbour closes, the link fails or is closed; reports each run of whole messages.</summary>
    public async Task ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        var have = 0;
        var error = SocketError.Success;
        try
        {
            while (true)
            {
                await mayRead.WaitAsync(closed.Token);
                int whole;
                do
                {
                    var count = await socket.ReceiveAsync(buffer.AsMemory(have), closed.Token);
                    if (count == 0)
                    {
                        return;
                    }
                    have += count;
                    whole = WholeMessages(buffer.AsSpan(0, have));
                } while (whole == 0);
                var next = ArrayPool<byte>.Shared.Rent(ReadSize);
                buffer.AsSpan(whole, have - whole).CopyTo(next);
                report(new LinkReport(this, LinkReportKind.Received, buffer, whole, SocketError.Success));
                have -= whole;
                buffer = next;
            }
        }
        catch (SocketException failure)
        {
            error = failure.SocketErrorCode;
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
        {
            error = SocketError.OperationAborted;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            report(new LinkReport(this, LinkReportKind.Ended, null, 0, error));
        }
    }

    /// <summary>Gives a buffer that was reported back, and with it leave to read on.</summary>
    public void Done(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        mayRead.Release();
    }

    public void Send(SharedBufferPool pool, Action<OctetBuffer> write)
    {
        var buffer = pool.Rent();
        buffer.Retain();
        write(buffer.Octets);
        Feed.Add(buffer, 0, buffer.Octets.Count);
        buffer.Release();
        TrySend();
    }

    /// <summary>Sends what the feed holds, as far as the kernel takes it now; the rest follows by itself.</summary>
    public void TrySend()
    {
        while (!isSending && !disposed)
        {
            Release();
            Feed.Take(segments, inFlight, SendSize);
            if (segments.Count == 0)
            {
                if (closesWhenSent)
                {
                    Finish();
                }
                return;
            }
            sending.BufferList = segments;
            try
            {
                isSending = socket.SendAsync(sending);
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                Feed.Clear();
                return;
            }
            if (!isSending && sending.SocketError != SocketError.Success)
            {
                // The reading side sees the same failure and reports it.
                Feed.Clear();
                Release();
                return;
            }
        }
    }

    /// <summary>The kernel took what was being sent.</summary>
    public void SendDone(SocketError error)
    {
        isSending = false;
        Release();
        if (error != SocketError.Success)
        {
            Feed.Clear();
            closed.Cancel();
            return;
        }
        TrySend();
    }

    /// <summary>Drops what is not on its way yet, sends a last message and closes.</summary>
    public void Close(bool sendsWhatWaits)
    {
        IsAbandoned = true;
        if (!sendsWhatWaits)
        {
            Feed.Clear();
        }
        closesWhenSent = true;
        // A reader that is held back would never see the neighbour's end.
        mayRead.Release(1024);
        closed.CancelAfter(TimeSpan.FromSeconds(2));
        TrySend();
    }

    public void Dispose()
    {
        if (!disposed)
        {
            disposed = true;
            IsAbandoned = true;
            Feed.Clear();
            closed.Cancel();
            socket.Dispose();
            if (!isSending)
            {
                sending.Dispose();
            }
        }
    }

    // Half-closed, so that unread octets of the neighbour do not turn our NOTIFICATION into a reset.
    private void Finish()
    {
        closesWhenSent = false;
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            closed.Cancel();
        }
    }

    private void Release()
    {
        foreach (var buffer in inFlight)
        {
            buffer.Release();
        }
        inFlight.Clear();
        segments.Clear();
    }

    // Octets of the messages that are whole. A length below a header's is left to the owner to judge.
    private static int WholeMessages(ReadOnlySpan<byte> received)
    {
        var at = 0;
        while (received.Length - at >= Message.HeaderOctets)
        {
            var length = Math.Max(
                (int)BinaryPrimitives.ReadUInt16BigEndian(received[(at + 16)..]),
                Message.HeaderOctets
            );
            if (received.Length - at < length)
            {
                break;
            }
            at += length;
        }
        return at;
    }

    private static Address AddressOf(System.Net.EndPoint? end) =>
        end is System.Net.IPEndPoint point ? Address.From(point.Address) : default;
}
