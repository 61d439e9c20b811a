using System.Numerics;
using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Rib;

/// <summary>
/// Neighbours that are sent the same, and what they were sent. A neighbour that is not in step (new, slow, refreshing)
/// has a group of its own and joins its like once it has caught up: then both were sent the same by construction.
/// </summary>
internal sealed class UpdateGroup(
    RouteTable table,
    AttributeSets sets,
    Export export,
    SharedBufferPool pool,
    GroupKey key,
    AdjRibOut sent
)
{
    /// <summary>Destinations of one flush: enough to find what shares attributes, little enough to let others in.</summary>
    private const int BatchSize = 16 * 1024;

    private readonly Dictionary<(int Attributes, ushort Source), (ExportVerdict Verdict, int Sent)> judged = [];
    private readonly OutBatch batch = new(sets, pool) { SendsBack = key.SendsBack };
    private readonly List<int> dirty = [];
    private ulong[] isDirty = new ulong[16];

    /// <summary>Destinations below were looked at since the walk began; those above will be.</summary>
    private int cursor;

    public GroupKey Key { get; set; } = key;

    public List<PeerFeed> Members { get; } = [];

    public AdjRibOut Sent => sent;

    /// <summary>May find a group of its like to join.</summary>
    public bool SeeksHome { get; set; } = true;

    /// <summary>Announces again also what was sent already (route refresh).</summary>
    public bool Repeats { get; private set; }

    /// <summary>What to tell the sole member once it has all: End-of-RIB or the end of a refresh.</summary>
    public Action<UpdateGroup>? WhenInStep { get; set; }

    public bool InStep => cursor >= table.Limit && dirty.Count == 0;

    public bool HasRoom
    {
        get
        {
            foreach (var member in Members)
            {
                if (!member.HasRoom)
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>Since when a member without room holds the others up; set by who watches the clock.</summary>
    public TimeSpan? StuckSince { get; set; }

    public void Mark(int destination)
    {
        if (destination >= cursor)
        {
            return;
        }
        if (destination >> 6 >= isDirty.Length)
        {
            Array.Resize(ref isDirty, (int)BitOperations.RoundUpToPowerOf2((uint)(destination >> 6) + 1));
        }
        ref var word = ref isDirty[destination >> 6];
        var bit = 1ul << destination;
        if ((word & bit) == 0)
        {
            word |= bit;
            dirty.Add(destination);
        }
    }

    /// <summary>Looks at every destination anew.</summary>
    public void Restart(bool repeats)
    {
        SeeksHome = true;
        cursor = 0;
        dirty.Clear();
        isDirty.AsSpan().Clear();
        Repeats = repeats;
    }

    /// <summary>A group of the same standing for one member that leaves this one.</summary>
    public UpdateGroup Split(PeerFeed member)
    {
        Members.Remove(member);
        var copy = new UpdateGroup(table, sets, export, pool, Key, sent.Copy())
        {
            cursor = cursor,
            isDirty = (ulong[])isDirty.Clone(),
        };
        copy.dirty.AddRange(dirty);
        copy.Members.Add(member);
        return copy;
    }

    public void Append(Action<OctetBuffer> write)
    {
        foreach (var member in Members)
        {
            batch.Append(write, member);
        }
    }

    /// <summary>Encodes what changed while there is room; <paramref name="gone"/> hears of destinations that may be free.</summary>
    public void Flush(Action<int> gone)
    {
        while (!InStep && HasRoom)
        {
            FlushOnce(gone);
        }
        if (InStep)
        {
            Repeats = false;
            if (WhenInStep is { } then)
            {
                WhenInStep = null;
                then(this);
            }
        }
    }

    /// <summary>What would be sent of a destination's best path, and why not.</summary>
    public ExportVerdict Explain(int destination, PeerFeed member, out AttributeSet? attributes, out PolicyRule? rule)
    {
        attributes = null;
        rule = null;
        var first = table.First(destination);
        if (first == 0 || (table.Path(first).Flags & PathFlags.Ineligible) != 0)
        {
            return ExportVerdict.NoPath;
        }
        ref var path = ref table.Path(first);
        if (path.Source == member.Source && !Key.SendsBack)
        {
            return ExportVerdict.FromItself;
        }
        var prefix = table.Family.PrefixOf(table.Key(destination));
        var verdict = export.Judge(Key, path.Attributes, path.Source, prefix, out var number, out rule);
        if (verdict == ExportVerdict.Sent)
        {
            attributes = sets[number];
            sets.Release(number);
        }
        return verdict;
    }

    private void FlushOnce(Action<int> gone)
    {
        var left = BatchSize;
        // The newest marks first: they are taken off the end.
        while (left > 0 && dirty.Count > 0)
        {
            var destination = dirty[^1];
            dirty.RemoveAt(dirty.Count - 1);
            isDirty[destination >> 6] &= ~(1ul << destination);
            Consider(destination, gone);
            left--;
        }
        while (left > 0 && cursor < table.Limit)
        {
            Consider(cursor++, gone);
            left--;
        }
        if (!batch.IsEmpty)
        {
            batch.Encode(table, Key, Members);
        }
        foreach (var (_, number) in judged.Values)
        {
            if (number >= 0)
            {
                sets.Release(number);
            }
        }
        judged.Clear();
    }

    private void Consider(int destination, Action<int> gone)
    {
        if (!table.Exists(destination))
        {
            return;
        }
        if (Key.AddPath)
        {
            ConsiderAll(destination);
        }
        else
        {
            ConsiderBest(destination);
        }
        if (table.First(destination) == 0 && sent.First(destination) == 0)
        {
            gone(destination);
        }
    }

    private void ConsiderBest(int destination)
    {
        var first = table.First(destination);
        var wanted = -1;
        if (first != 0)
        {
            wanted = Judge(destination, table.Path(first));
        }
        var before = sent.First(destination);
        if (wanted < 0)
        {
            if (before != 0)
            {
                batch.Withdraw(destination, sent[before].Source, 0);
                sent.Remove(destination, before);
            }
            return;
        }
        ref var path = ref table.Path(first);
        if (before == 0)
        {
            sent.Add(destination, wanted, path.Payload).Source = path.Source;
            batch.Announce(destination, wanted, path.Source, 0, path.Payload);
            return;
        }
        ref var old = ref sent[before];
        if (Same(old, wanted, path) && !Repeats)
        {
            return;
        }
        if (old.Source != path.Source)
        {
            batch.WithdrawFrom(path.Source, destination, 0);
            old.Source = path.Source;
        }
        sent.Change(ref old, wanted, path.Payload);
        batch.Announce(destination, wanted, path.Source, 0, path.Payload);
    }

    // Each path goes out under its own number, which no other path of the destination has while it lives.
    private void ConsiderAll(int destination)
    {
        for (var at = table.First(destination); at != 0; at = table.Path(at).Next)
        {
            ref var path = ref table.Path(at);
            var wanted = Judge(destination, path);
            if (wanted < 0)
            {
                continue;
            }
            var before = sent.Find(destination, (uint)at);
            if (before == 0)
            {
                ref var added = ref sent.Add(destination, wanted, path.Payload);
                (added.PathId, added.Source, added.Seen) = ((uint)at, path.Source, true);
                batch.Announce(destination, wanted, path.Source, (uint)at, path.Payload);
                continue;
            }
            ref var old = ref sent[before];
            old.Seen = true;
            if (!Same(old, wanted, path) || Repeats)
            {
                if (old.Source != path.Source)
                {
                    batch.WithdrawFrom(path.Source, destination, (uint)at);
                    old.Source = path.Source;
                }
                sent.Change(ref old, wanted, path.Payload);
                batch.Announce(destination, wanted, path.Source, (uint)at, path.Payload);
            }
        }
        for (var at = sent.First(destination); at != 0; )
        {
            var next = sent[at].Next;
            if (!sent[at].Seen)
            {
                batch.Withdraw(destination, sent[at].Source, sent[at].PathId);
                sent.Remove(destination, at);
            }
            else
            {
                sent[at].Seen = false;
            }
            at = next;
        }
    }

    private static bool Same(in OutPath old, int attributes, in RoutePath path) =>
        old.Attributes == attributes && old.Payload == path.Payload && old.Source == path.Source;

    /// <summary>Takes the members of a group of its like; both are in step.</summary>
    public void Take(UpdateGroup like)
    {
        Members.AddRange(like.Members);
        like.Members.Clear();
        // A group of one keeps no record of its member's own routes: only together the two know all.
        sent.TakeMissing(like.Sent);
    }

    // A neighbour that is alone in its group is told nothing of its own routes, so that nothing is worked out for it.
    private bool HasAudience(ushort source) => Members.Count != 1 || Members[0].Source != source || Key.SendsBack;

    private int Judge(int destination, in RoutePath path)
    {
        if ((path.Flags & PathFlags.Ineligible) != 0 || !HasAudience(path.Source))
        {
            return -1;
        }
        if (Key.Export.LooksAtPrefix)
        {
            // Held by the list of verdicts until the batch is out, under keys that no lookup uses.
            var prefix = table.Family.PrefixOf(table.Key(destination));
            _ = export.Judge(Key, path.Attributes, path.Source, prefix, out var own, out PolicyRule? _);
            if (own >= 0 && !judged.TryAdd((own, ushort.MaxValue), (ExportVerdict.Sent, own)))
            {
                sets.Release(own);
            }
            return own;
        }
        if (!judged.TryGetValue((path.Attributes, path.Source), out var found))
        {
            found.Verdict = export.Judge(Key, path.Attributes, path.Source, null, out found.Sent, out _);
            judged[(path.Attributes, path.Source)] = found;
        }
        return found.Sent;
    }
}
