using System.Runtime.CompilerServices;
using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Rib;

/// <summary>
/// One family's destinations and their paths: what all neighbours sent (Adj-RIB-In) and, by the path that stands first,
/// what was chosen (Loc-RIB). A destination keeps its number while it is there; Adj-RIBs-Out go by it.
/// </summary>
/// <remarks>Memory of an IPv4 route with one path: key 8, destination 8, bucket 4 to 8, path 24 octets.</remarks>
internal sealed class RouteTable(FamilyDescriptor family)
{
    private struct Destination
    {
        /// <summary>Next destination of the bucket or of the free list, from 1.</summary>
        public int Next;

        /// <summary>First path, from 1; <see cref="Free"/> where the number is not in use.</summary>
        public int First;
    }

    private const int Free = -1;

    // An attacker who knew the hash could send a million prefixes of one bucket.
    private readonly ulong seed = (ulong)Random.Shared.NextInt64() | 1;
    private readonly int words = family.KeyWords;
    private readonly ChunkedArray<ulong> keys = new();
    private readonly ChunkedArray<Destination> destinations = new();
    private readonly ChunkedArray<RoutePath> paths = new();
    private int[] buckets = new int[1024];
    private int freeDestination;
    private int freePath;
    private int pathsUsed;

    public FamilyDescriptor Family => family;

    public Overlays Overlays { get; } = new();

    /// <summary>Numbers given out so far; destinations lie below.</summary>
    public int Limit { get; private set; }

    /// <summary>Destinations in use, and paths over all of them.</summary>
    public int Count { get; private set; }

    public int PathCount { get; private set; }

    public bool Exists(int destination) => destinations[destination].First != Free;

    public int First(int destination) => destinations[destination].First;

    public void SetFirst(int destination, int path) => destinations[destination].First = path;

    public ref RoutePath Path(int path) => ref paths[path];

    public int Find(in NlriKey key)
    {
        for (var at = buckets[Bucket(key)]; at != 0; at = destinations[at - 1].Next)
        {
            if (KeyEquals(at - 1, key))
            {
                return at - 1;
            }
        }
        return -1;
    }

    public int FindOrAdd(in NlriKey key)
    {
        var bucket = Bucket(key);
        for (var at = buckets[bucket]; at != 0; at = destinations[at - 1].Next)
        {
            if (KeyEquals(at - 1, key))
            {
                return at - 1;
            }
        }
        if (Count >= buckets.Length)
        {
            Rehash();
            bucket = Bucket(key);
        }
        int number;
        if (freeDestination != 0)
        {
            number = freeDestination - 1;
            freeDestination = destinations[number].Next;
        }
        else
        {
            number = Limit++;
            destinations.Reserve(Limit);
            keys.Reserve(Limit * words);
        }
        WriteKey(number, key);
        destinations[number] = new Destination { Next = buckets[bucket] };
        buckets[bucket] = number + 1;
        Count++;
        return number;
    }

    /// <summary>Forgets a destination without paths; its number may then be another's.</summary>
    public void Remove(int destination)
    {
        var bucket = Bucket(Key(destination));
        ref var link = ref buckets[bucket];
        while (link != destination + 1)
        {
            link = ref destinations[link - 1].Next;
        }
        link = destinations[destination].Next;
        destinations[destination] = new Destination { Next = freeDestination, First = Free };
        freeDestination = destination + 1;
        Count--;
    }

    public int AddPath()
    {
        PathCount++;
        if (freePath != 0)
        {
            var path = freePath;
            freePath = paths[path].Next;
            return path;
        }
        paths.Reserve(++pathsUsed + 1);
        return pathsUsed;
    }

    public void RemovePath(int path)
    {
        PathCount--;
        paths[path] = new RoutePath { Next = freePath };
        freePath = path;
    }

    public NlriKey Key(int destination)
    {
        var at = destination * words;
        return words switch
        {
            1 => new NlriKey(keys[at]),
            2 => new NlriKey(keys[at], keys[at + 1]),
            3 => new NlriKey(keys[at], keys[at + 1], keys[at + 2]),
            4 => new NlriKey(keys[at], keys[at + 1], keys[at + 2], keys[at + 3]),
            _ => new NlriKey(keys[at], keys[at + 1], keys[at + 2], keys[at + 3], keys[at + 4]),
        };
    }

    public Nlri Nlri(int destination, uint pathId, uint payload) =>
        family.Family == Wire.Family.Evpn
            ? new Nlri(Key(destination), pathId, Overlay: Overlays[payload])
            : new Nlri(Key(destination), pathId, payload);

    public uint AcquirePayload(in Nlri nlri) => nlri.Overlay is { } overlay ? Overlays.Acquire(overlay) : nlri.Label;

    public void RetainPayload(uint payload)
    {
        if (family.Family == Wire.Family.Evpn)
        {
            Overlays.Retain(payload);
        }
    }

    public void ReleasePayload(uint payload)
    {
        if (family.Family == Wire.Family.Evpn)
        {
            Overlays.Release(payload);
        }
    }

    public long Octets => keys.Octets + destinations.Octets + paths.Octets + 4L * buckets.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Bucket(in NlriKey key)
    {
        const ulong mix = 0x9e37_79b9_7f4a_7c15;
        var hash = (key.A ^ seed) * mix;
        if (words > 1)
        {
            hash = ((hash ^ (hash >> 32)) + key.B) * mix;
            if (words > 2)
            {
                hash = ((hash ^ (hash >> 32)) + key.C) * mix;
                hash = ((hash ^ (hash >> 32)) + key.D) * mix;
                hash = ((hash ^ (hash >> 32)) + key.E) * mix;
            }
        }
        return (int)((hash >> 32) & (uint)(buckets.Length - 1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool KeyEquals(int destination, in NlriKey key)
    {
        var at = destination * words;
        return keys[at] == key.A && (words == 1 || (keys[at + 1] == key.B && (words == 2 || RestEquals(at, key))));
    }

    private bool RestEquals(int at, in NlriKey key) =>
        keys[at + 2] == key.C && (words < 4 || keys[at + 3] == key.D) && (words < 5 || keys[at + 4] == key.E);

    private void WriteKey(int destination, in NlriKey key)
    {
        var at = destination * words;
        for (var i = 0; i < words; i++)
        {
            keys[at + i] = i switch
            {
                0 => key.A,
                1 => key.B,
                2 => key.C,
                3 => key.D,
                _ => key.E,
            };
        }
    }

    private void Rehash()
    {
        buckets = new int[buckets.Length * 2];
        for (var destination = 0; destination < Limit; destination++)
        {
            if (Exists(destination))
            {
                ref var head = ref buckets[Bucket(Key(destination))];
                destinations[destination].Next = head;
                head = destination + 1;
            }
        }
    }
}
