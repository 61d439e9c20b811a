namespace Tombolo.Bgp.Rib;

/// <summary>What one group was sent, by destination.</summary>
internal sealed class AdjRibOut(RouteTable table, AttributeSets sets)
{
    private readonly ChunkedArray<int> heads = new();
    private readonly ChunkedArray<OutPath> pool = new();
    private int used;
    private int free;

    public int Count { get; private set; }

    public long Octets => heads.Octets + pool.Octets;

    public ref OutPath this[int path] => ref pool[path];

    /// <summary>First entry of a destination, from 1; 0 if nothing was sent of it.</summary>
    public int First(int destination) => destination < Reach ? heads[destination] : 0;

    /// <summary>Destinations that can have an entry lie below.</summary>
    public int Reach { get; private set; }

    /// <summary>Adds an entry that holds its attributes and payload; the caller fills in the rest.</summary>
    public ref OutPath Add(int destination, int attributes, uint payload)
    {
        if (destination >= Reach)
        {
            Reach = destination + 1;
            heads.Reserve(Reach);
        }
        int path;
        if (free != 0)
        {
            path = free;
            free = pool[path].Next;
        }
        else
        {
            path = ++used;
            pool.Reserve(used + 1);
        }
        Count++;
        Hold(attributes, payload);
        pool[path] = new OutPath
        {
            Next = heads[destination],
            Attributes = attributes,
            Payload = payload,
        };
        heads[destination] = path;
        return ref pool[path];
    }

    public void Change(ref OutPath path, int attributes, uint payload)
    {
        Hold(attributes, payload);
        sets.Release(path.Attributes);
        table.ReleasePayload(path.Payload);
        path.Attributes = attributes;
        path.Payload = payload;
    }

    public void Remove(int destination, int path)
    {
        ref var link = ref heads[destination];
        while (link != path)
        {
            link = ref pool[link].Next;
        }
        link = pool[path].Next;
        sets.Release(pool[path].Attributes);
        table.ReleasePayload(pool[path].Payload);
        pool[path] = new OutPath { Next = free };
        free = path;
        Count--;
    }

    /// <summary>An equal copy, for a neighbour that leaves the group.</summary>
    public AdjRibOut Copy()
    {
        var copy = new AdjRibOut(table, sets);
        for (var destination = 0; destination < Reach; destination++)
        {
            for (var at = heads[destination]; at != 0; at = pool[at].Next)
            {
                copy.Add(destination, pool[at]);
            }
        }
        return copy;
    }

    /// <summary>Takes over what another holds and this one does not; the other is empty then.</summary>
    public void TakeMissing(AdjRibOut other)
    {
        for (var destination = 0; destination < other.Reach; destination++)
        {
            for (var at = other.heads[destination]; at != 0; at = other.pool[at].Next)
            {
                ref var from = ref other.pool[at];
                if (Find(destination, from.PathId) == 0)
                {
                    Add(destination, from);
                }
            }
        }
        other.Clear();
    }

    /// <summary>The entry of a destination with this path identifier; 0 if there is none.</summary>
    public int Find(int destination, uint pathId)
    {
        var at = First(destination);
        while (at != 0 && pool[at].PathId != pathId)
        {
            at = pool[at].Next;
        }
        return at;
    }

    /// <summary>Lets go of all that it holds.</summary>
    public void Clear()
    {
        for (var destination = 0; destination < Reach; destination++)
        {
            for (var at = heads[destination]; at != 0; at = pool[at].Next)
            {
                sets.Release(pool[at].Attributes);
                table.ReleasePayload(pool[at].Payload);
            }
            heads[destination] = 0;
        }
        Count = 0;
    }

    private void Add(int destination, in OutPath from)
    {
        ref var to = ref Add(destination, from.Attributes, from.Payload);
        to.PathId = from.PathId;
        to.Source = from.Source;
    }

    private void Hold(int attributes, uint payload)
    {
        sets.Retain(attributes);
        table.RetainPayload(payload);
    }
}
