using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Rib;

/// <summary>
/// Every attribute set in use, once: routes hold a number. A set lives as long as its count of holders is above zero;
/// numbers of dead sets are used again.
/// </summary>
public sealed class AttributeSets
{
    private struct Slot
    {
        public AttributeSet? Set;

        /// <summary>The set's own, so that looking along a bucket reads no set but the one that is meant.</summary>
        public int Hash;
        public int Holders;

        /// <summary>Next of the same bucket, or of the free list.</summary>
        public int Next;
    }

    private Slot[] slots = new Slot[256];
    private int[] buckets = new int[256];
    private int used;
    private int free = -1;

    public AttributeSets() => buckets.AsSpan().Fill(-1);

    public int Count { get; private set; }

    public AttributeSet this[int number] =>
        slots[number].Set ?? throw new InvalidOperationException($"attribute set {number} is not in use");

    /// <summary>The number of the set with this content, held once more; made if there is none.</summary>
    public int Acquire(ReadOnlySpan<byte> canonical, in Address nextHop)
    {
        var hash = AttributeSet.HashOf(canonical, nextHop);
        for (var at = buckets[hash & (buckets.Length - 1)]; at >= 0; at = slots[at].Next)
        {
            ref var slot = ref slots[at];
            if (slot.Hash == hash && slot.Set!.Same(canonical, nextHop))
            {
                slot.Holders++;
                return at;
            }
        }
        return Add(new AttributeSet(canonical, nextHop, hash));
    }

    public int Acquire(AttributeSet set)
    {
        for (var at = buckets[set.Hash & (buckets.Length - 1)]; at >= 0; at = slots[at].Next)
        {
            ref var slot = ref slots[at];
            if (slot.Hash == set.Hash && (slot.Set == set || slot.Set!.Same(set.Octets, set.NextHop)))
            {
                slot.Holders++;
                return at;
            }
        }
        return Add(set);
    }

    public void Retain(int number) => slots[number].Holders++;

    public void Release(int number)
    {
        ref var slot = ref slots[number];
        if (--slot.Holders > 0)
        {
            return;
        }
        ref var link = ref buckets[slot.Hash & (buckets.Length - 1)];
        while (link != number)
        {
            link = ref slots[link].Next;
        }
        link = slot.Next;
        slot = new Slot { Next = free };
        free = number;
        Count--;
    }

    private int Add(AttributeSet set)
    {
        if (Count >= buckets.Length)
        {
            Rehash();
        }
        var number = free;
        if (number >= 0)
        {
            free = slots[number].Next;
        }
        else
        {
            if (used == slots.Length)
            {
                Array.Resize(ref slots, slots.Length * 2);
            }
            number = used++;
        }
        ref var head = ref buckets[set.Hash & (buckets.Length - 1)];
        slots[number] = new Slot
        {
            Set = set,
            Hash = set.Hash,
            Holders = 1,
            Next = head,
        };
        head = number;
        Count++;
        return number;
    }

    private void Rehash()
    {
        buckets = new int[buckets.Length * 2];
        buckets.AsSpan().Fill(-1);
        for (var at = 0; at < used; at++)
        {
            ref var slot = ref slots[at];
            if (slot.Set is not null)
            {
                ref var head = ref buckets[slot.Hash & (buckets.Length - 1)];
                slot.Next = head;
                head = at;
            }
        }
    }
}
