using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Rib;

/// <summary>
/// The changes of one flush, sorted into what shares a message: announcements by attributes and source, withdrawals by
/// source. Encoded once; each neighbour takes all but what concerns its own routes.
/// </summary>
internal sealed class OutBatch(AttributeSets sets, SharedBufferPool pool)
{
    private enum Audience
    {
        AllButSource,
        OnlySource,
        All,
    }

    private struct Item
    {
        public int Next;
        public int Destination;
        public uint PathId;
        public uint Payload;
    }

    private struct Bucket
    {
        public int First;
        public int Last;
        public int Attributes;
        public ushort Source;
        public Audience Audience;
    }

    private readonly record struct Run(SharedBuffer Buffer, int Start, int End, ushort Source, Audience Audience);

    private const int Withdrawal = -1;
    private readonly Dictionary<(int Attributes, ushort Source, Audience Audience), int> byKey = [];
    private readonly List<Run> runs = [];
    private Item[] items = new Item[1024];
    private Bucket[] buckets = new Bucket[64];
    private int itemCount;
    private int bucketCount;
    private int lastBucket = -1;
    private readonly List<SharedBuffer> opened = [];
    private readonly UpdateWriter writer = new(new OctetBuffer(0));
    private SharedBuffer? buffer;

    public bool IsEmpty => itemCount == 0;

    /// <summary>Routes go back also to where they came from: memberships towards clients (RFC 4684 §3.2 i).</summary>
    public bool SendsBack { get; set; }

    public void Announce(int destination, int attributes, ushort source, uint pathId, uint payload) =>
        Add(attributes, source, SendsBack ? Audience.All : Audience.AllButSource, destination, pathId, payload);

    public void Withdraw(int destination, ushort source, uint pathId) =>
        Add(Withdrawal, source, SendsBack ? Audience.All : Audience.AllButSource, destination, pathId, 0);

    /// <summary>The new route is this neighbour's own: it is told only that the old one is gone.</summary>
    public void WithdrawFrom(ushort source, int destination, uint pathId)
    {
        if (!SendsBack)
        {
            Add(Withdrawal, source, Audience.OnlySource, destination, pathId, 0);
        }
    }

    /// <summary>Encodes all and hands it to the members.</summary>
    public void Encode(RouteTable table, GroupKey key, List<PeerFeed> members)
    {
        // Withdrawals first, so that a neighbour at its limit has room for what comes.
        for (var pass = 0; pass < 2; pass++)
        {
            for (var at = 0; at < bucketCount; at++)
            {
                if (buckets[at].Attributes == Withdrawal == (pass == 0))
                {
                    Encode(table, key, ref buckets[at]);
                }
            }
        }
        foreach (var member in members)
        {
            Deliver(member);
        }
        Reset();
    }

    /// <summary>Hands messages that are no routes to members: End-of-RIB, refresh marks.</summary>
    public void Append(Action<OctetBuffer> write, PeerFeed member)
    {
        var to = Open();
        var start = to.Octets.Count;
        write(to.Octets);
        member.Add(to, start, to.Octets.Count - start);
        Seal();
    }

    private void Add(int attributes, ushort source, Audience audience, int destination, uint pathId, uint payload)
    {
        var at = lastBucket;
        if (
            at < 0
            || buckets[at].Attributes != attributes
            || buckets[at].Source != source
            || buckets[at].Audience != audience
        )
        {
            if (!byKey.TryGetValue((attributes, source, audience), out at))
            {
                at = bucketCount++;
                if (at == buckets.Length)
                {
                    Array.Resize(ref buckets, at * 2);
                }
                buckets[at] = new Bucket
                {
                    First = -1,
                    Attributes = attributes,
                    Source = source,
                    Audience = audience,
                };
                byKey[(attributes, source, audience)] = at;
            }
            lastBucket = at;
        }
        if (itemCount == items.Length)
        {
            Array.Resize(ref items, itemCount * 2);
        }
        items[itemCount] = new Item
        {
            Next = -1,
            Destination = destination,
            PathId = pathId,
            Payload = payload,
        };
        ref var bucket = ref buckets[at];
        if (bucket.First < 0)
        {
            bucket.First = itemCount;
        }
        else
        {
            items[bucket.Last].Next = itemCount;
        }
        bucket.Last = itemCount++;
    }

    private void Encode(RouteTable table, GroupKey key, ref Bucket bucket)
    {
        var to = Open();
        var start = to.Octets.Count;
        writer.Target(to.Octets);
        var withdraws = bucket.Attributes == Withdrawal;
        if (withdraws)
        {
            writer.BeginWithdraw(table.Family, key.AddPath, key.Extended);
        }
        else
        {
            writer.Begin(table.Family, sets[bucket.Attributes], key.AddPath, key.Extended, key.FourOctetAs);
        }
        for (var at = bucket.First; at >= 0; at = items[at].Next)
        {
            ref var item = ref items[at];
            writer.Add(
                withdraws
                    ? new Nlri(table.Key(item.Destination), item.PathId)
                    : table.Nlri(item.Destination, item.PathId, item.Payload)
            );
            if (to.Octets.Count >= SharedBuffer.Full)
            {
                writer.End();
                runs.Add(new Run(to, start, to.Octets.Count, bucket.Source, bucket.Audience));
                Seal();
                to = Open();
                start = 0;
                writer.Target(to.Octets);
            }
        }
        writer.End();
        runs.Add(new Run(to, start, to.Octets.Count, bucket.Source, bucket.Audience));
        Seal();
    }

    private void Deliver(PeerFeed member)
    {
        SharedBuffer? open = null;
        var (start, end) = (0, 0);
        foreach (var run in runs)
        {
            var own = run.Source == member.Source;
            if (run.Start == run.End || (run.Audience != Audience.All && run.Audience == Audience.OnlySource != own))
            {
                continue;
            }
            if (open == run.Buffer && end == run.Start)
            {
                end = run.End;
                continue;
            }
            if (open is not null)
            {
                member.Add(open, start, end - start);
            }
            (open, start, end) = (run.Buffer, run.Start, run.End);
        }
        if (open is not null)
        {
            member.Add(open, start, end - start);
        }
    }

    // A buffer is held by us while it is open, so that it does not return to the pool before the last run is in it.
    private SharedBuffer Open()
    {
        if (buffer is null)
        {
            buffer = pool.Rent();
            buffer.Retain();
            opened.Add(buffer);
        }
        return buffer;
    }

    private void Seal()
    {
        if (buffer is not null && buffer.Octets.Count >= SharedBuffer.Full)
        {
            buffer = null;
        }
    }

    private void Reset()
    {
        itemCount = bucketCount = 0;
        lastBucket = -1;
        byKey.Clear();
        runs.Clear();
        buffer = null;
        foreach (var done in opened)
        {
            done.Release();
        }
        opened.Clear();
    }
}
