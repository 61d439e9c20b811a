namespace Tombolo.Bgp.Rib;

/// <summary>What is on its way to one neighbour: runs of octets in shared buffers, sent in order.</summary>
/// <remarks>Bounded by <see cref="Limit"/>: a group encodes nothing more while a member has no room.</remarks>
public sealed class PeerFeed(ushort source)
{
    /// <summary>Octets that may wait for one neighbour.</summary>
    public const int Limit = 2 * 1024 * 1024;

    private readonly Queue<(SharedBuffer Buffer, int Start, int Length)> runs = new();

    /// <summary>The neighbour as a source of routes: its own are not sent back.</summary>
    public ushort Source => source;

    public long Queued { get; private set; }

    public bool HasRoom => Queued < Limit;

    public bool IsEmpty => runs.Count == 0;

    /// <summary>UPDATEs or other messages handed over so far.</summary>
    public long Sent { get; private set; }

    public void Add(SharedBuffer buffer, int start, int length)
    {
        buffer.Retain();
        Queued += length;
        runs.Enqueue((buffer, start, length));
    }

    /// <summary>Takes runs of up to about <paramref name="octets"/>; the caller releases each buffer once it is sent.</summary>
    public void Take(List<ArraySegment<byte>> into, List<SharedBuffer> buffers, int octets)
    {
        while (octets > 0 && runs.TryDequeue(out var run))
        {
            into.Add(run.Buffer.Octets.Segment(run.Start, run.Length));
            buffers.Add(run.Buffer);
            octets -= run.Length;
            Queued -= run.Length;
            Sent += run.Length;
        }
    }

    public void Clear()
    {
        while (runs.TryDequeue(out var run))
        {
            run.Buffer.Release();
        }
        Queued = 0;
    }
}
