using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Rib;

/// <summary>One family's routes, in, chosen and out. All calls come from one thread.</summary>
internal sealed class FamilyRib(
    FamilyDescriptor family,
    AttributeSets sets,
    Decision decision,
    Export export,
    SharedBufferPool pool
)
{
    private readonly AttributeBuilder builder = new();

    public FamilyDescriptor Family => family;

    public RouteTable Table { get; } = new(family);

    public List<UpdateGroup> Groups { get; } = [];

    /// <summary>Hears of each destination whose chosen path may have changed.</summary>
    public Action<int>? Changed { get; set; }

    /// <summary>Takes a route in; an equal one from before is replaced (RFC 4271 §3.1).</summary>
    /// <param name="received">Attributes as they came, and <paramref name="attributes"/> after policy; both are held by
    /// the path from here on, besides what the caller holds.</param>
    /// <returns>True if the neighbour has one path more than before.</returns>
    public bool Announce(ushort source, in Nlri nlri, int received, int attributes, PathFlags flags)
    {
        var destination = Table.FindOrAdd(nlri.Key);
        var (at, last) = FindPath(destination, source, nlri.PathId);
        var isNew = at == 0;
        var payload = Table.AcquirePayload(nlri);
        if (isNew)
        {
            at = Table.AddPath();
            Table.Path(at) = new RoutePath { Source = source, PathId = nlri.PathId };
            if (last == 0)
            {
                Table.SetFirst(destination, at);
            }
            else
            {
                Table.Path(last).Next = at;
            }
        }
        ref var path = ref Table.Path(at);
        const PathFlags own = PathFlags.Ineligible;
        if (
            !isNew
            && path.Attributes == attributes
            && path.Received == received
            && path.Payload == payload
            && (path.Flags & own) == flags
        )
        {
            path.Flags &= ~PathFlags.Stale;
            Table.ReleasePayload(payload);
            return false;
        }
        sets.Retain(received);
        sets.Retain(attributes);
        if (!isNew)
        {
            sets.Release(path.Received);
            sets.Release(path.Attributes);
            Table.ReleasePayload(path.Payload);
        }
        path.Received = received;
        path.Attributes = attributes;
        path.Payload = payload;
        path.Flags = (path.Flags & PathFlags.Multipath) | flags;
        Decide(destination, at);
        return isNew;
    }

    /// <summary>Takes a route back; true if there was one.</summary>
    public bool Withdraw(ushort source, in Nlri nlri)
    {
        var destination = Table.Find(nlri.Key);
        if (destination < 0)
        {
            return false;
        }
        var (at, _) = FindPath(destination, source, nlri.PathId);
        if (at == 0)
        {
            return false;
        }
        Remove(destination, at);
        return true;
    }

    /// <summary>Counts on only those routes of a neighbour that it repeats.</summary>
    public void MarkStale(ushort source)
    {
        for (var destination = 0; destination < Table.Limit; destination++)
        {
            for (var at = First(destination); at != 0; at = Table.Path(at).Next)
            {
                if (Table.Path(at).Source == source)
                {
                    Table.Path(at).Flags |= PathFlags.Stale;
                }
            }
        }
    }

    /// <summary>Removes a neighbour's routes, all or the stale ones.</summary>
    /// <returns>How many were removed.</returns>
    public int RemoveAll(ushort source, bool onlyStale)
    {
        var removed = 0;
        for (var destination = 0; destination < Table.Limit; destination++)
        {
            for (var at = First(destination); at != 0; )
            {
                ref var path = ref Table.Path(at);
                var next = path.Next;
                if (path.Source == source && (!onlyStale || (path.Flags & PathFlags.Stale) != 0))
                {
                    Remove(destination, at);
                    removed++;
                }
                at = next;
            }
        }
        return removed;
    }

    /// <summary>Gives a neighbour's stale routes the long-lived period: marked, least preferred; those that do not want
    /// it are removed (RFC 9494 §4.2).</summary>
    /// <returns>How many were removed.</returns>
    public int MakeLongLived(ushort source)
    {
        var removed = 0;
        for (var destination = 0; destination < Table.Limit; destination++)
        {
            for (var at = First(destination); at != 0; )
            {
                ref var path = ref Table.Path(at);
                var next = path.Next;
                if (path.Source == source && (path.Flags & PathFlags.Stale) != 0)
                {
                    var set = sets[path.Attributes];
                    if (set.Has(AttributeMarks.NoLlgr))
                    {
                        Remove(destination, at);
                        removed++;
                    }
                    else if (!set.Has(AttributeMarks.LlgrStale))
                    {
                        builder.Start(set).Community(Community.LlgrStale);
                        var marked = sets.Acquire(builder.Canonical(), builder.NextHop);
                        sets.Release(path.Attributes);
                        path.Attributes = marked;
                        Decide(destination, at);
                    }
                }
                at = next;
            }
        }
        return removed;
    }

    /// <summary>Judges a neighbour's paths anew, as after a change of its import policy.</summary>
    public void Reimport(ushort source, Func<Nlri, AttributeSet, (AttributeSet Attributes, PathFlags Flags)> import)
    {
        for (var destination = 0; destination < Table.Limit; destination++)
        {
            for (var at = First(destination); at != 0; )
            {
                ref var path = ref Table.Path(at);
                var next = path.Next;
                if (path.Source == source)
                {
                    var nlri = Table.Nlri(destination, path.PathId, path.Payload);
                    var (set, flags) = import(nlri, sets[path.Received]);
                    var number = sets.Acquire(set);
                    Announce(source, nlri, path.Received, number, flags);
                    sets.Release(number);
                }
                at = next;
            }
        }
    }

    /// <summary>A group of one for a neighbour that has been sent nothing.</summary>
    public UpdateGroup Join(GroupKey key, PeerFeed feed)
    {
        var group = new UpdateGroup(Table, sets, export, pool, key, new AdjRibOut(Table, sets));
        group.Members.Add(feed);
        Groups.Add(group);
        return group;
    }

    /// <summary>Takes a neighbour out; its group goes with the last.</summary>
    public void Leave(UpdateGroup group, PeerFeed feed)
    {
        group.Members.Remove(feed);
        if (group.Members.Count == 0)
        {
            Groups.Remove(group);
            group.Sent.Clear();
            CollectAll();
        }
    }

    /// <summary>A group of its own for a member, with what it was sent so far.</summary>
    public UpdateGroup Split(UpdateGroup group, PeerFeed feed)
    {
        if (group.Members.Count == 1)
        {
            return group;
        }
        var own = group.Split(feed);
        Groups.Add(own);
        return own;
    }

    /// <summary>Joins groups that are alike and in step.</summary>
    /// <param name="moved">Hears where each member went.</param>
    public void Merge(Action<PeerFeed, UpdateGroup> moved)
    {
        for (var i = Groups.Count - 1; i >= 0; i--)
        {
            var group = Groups[i];
            if (!group.SeeksHome || !group.InStep || group.WhenInStep is not null)
            {
                continue;
            }
            var home = Groups.Find(other => other != group && other.Key == group.Key);
            if (home is null)
            {
                // The first of its kind is a home for those that come later.
                group.SeeksHome = false;
                continue;
            }
            if (!home.InStep || home.WhenInStep is not null)
            {
                continue;
            }
            Groups.RemoveAt(i);
            foreach (var member in group.Members)
            {
                moved(member, home);
            }
            home.Take(group);
        }
    }

    public void Flush()
    {
        // What a group does when it is in step may add no group, so the list stands still.
        for (var i = 0; i < Groups.Count; i++)
        {
            Groups[i].Flush(Collect);
        }
    }

    private int First(int destination) => Table.Exists(destination) ? Table.First(destination) : 0;

    private (int At, int Last) FindPath(int destination, ushort source, uint pathId)
    {
        var last = 0;
        for (var at = Table.First(destination); at != 0; at = Table.Path(at).Next)
        {
            ref var path = ref Table.Path(at);
            if (path.Source == source && path.PathId == pathId)
            {
                return (at, last);
            }
            last = at;
        }
        return (0, last);
    }

    private void Remove(int destination, int at)
    {
        var first = Table.First(destination);
        ref var path = ref Table.Path(at);
        if (first == at)
        {
            Table.SetFirst(destination, path.Next);
        }
        else
        {
            var before = first;
            while (Table.Path(before).Next != at)
            {
                before = Table.Path(before).Next;
            }
            Table.Path(before).Next = path.Next;
        }
        sets.Release(path.Received);
        sets.Release(path.Attributes);
        Table.ReleasePayload(path.Payload);
        Table.RemovePath(at);
        Decide(destination, first == at ? Table.First(destination) : -1);
        if (Table.First(destination) == 0)
        {
            Collect(destination);
        }
    }

    private void Decide(int destination, int changed)
    {
        var another = decision.Select(Table, destination, changed);
        foreach (var group in Groups)
        {
            if (another || group.Key.AddPath)
            {
                group.Mark(destination);
            }
        }
        if (another)
        {
            Changed?.Invoke(destination);
        }
    }

    // A number may be given to another destination only when no group remembers it.
    private void Collect(int destination)
    {
        if (Table.First(destination) != 0)
        {
            return;
        }
        foreach (var group in Groups)
        {
            if (group.Sent.First(destination) != 0)
            {
                return;
            }
        }
        Table.Remove(destination);
    }

    private void CollectAll()
    {
        for (var destination = 0; destination < Table.Limit; destination++)
        {
            if (Table.Exists(destination) && Table.First(destination) == 0)
            {
                Collect(destination);
            }
        }
    }
}
