using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>True for an item of a list attribute that stays.</summary>
public delegate bool ItemFilter(ReadOnlySpan<byte> item);

/// <summary>Makes an attribute set, or a changed copy of one. Reusable; not for two threads.</summary>
/// <remarks>Values are appended to one buffer and a replaced one stays there until <see cref="Start"/>: exporting a full
/// table makes hundreds of thousands of sets, and none of them costs an allocation.</remarks>
public sealed class AttributeBuilder
{
    private readonly record struct Entry(byte Code, AttributeFlags Flags, int Start, int Length);

    private readonly OctetBuffer values = new(512);
    private readonly OctetBuffer canonical = new(512);
    private readonly List<Entry> entries = new(16);

    public Address NextHop { get; set; }

    public AttributeBuilder Start(AttributeSet? from = null)
    {
        entries.Clear();
        values.Clear();
        NextHop = from?.NextHop ?? default;
        foreach (var attribute in from is null ? default : from.Attributes)
        {
            entries.Add(new Entry(attribute.Code, attribute.Flags, values.Count, attribute.Value.Length));
            values.Octets(attribute.Value);
        }
        return this;
    }

    public ReadOnlySpan<byte> Find(AttributeCode code) =>
        TryPlace((byte)code, out var at) ? Value(entries[at]) : default;

    public AttributeBuilder Set(AttributeCode code, ReadOnlySpan<byte> value)
    {
        var start = values.Count;
        values.Octets(value);
        return Point(code, start);
    }

    public AttributeBuilder Set(AttributeCode code, uint value)
    {
        var start = values.Count;
        values.U32(value);
        return Point(code, start);
    }

    public AttributeBuilder Origin(Origin origin) => Set(AttributeCode.Origin, [(byte)origin]);

    public AttributeBuilder Remove(AttributeCode code)
    {
        if (TryPlace((byte)code, out var at))
        {
            entries.RemoveAt(at);
        }
        return this;
    }

    public AttributeBuilder Prepend(uint number, int times = 1)
    {
        var start = values.Count;
        AsPath.Prepend(Find(AttributeCode.AsPath), number, times, values);
        return Point(AttributeCode.AsPath, start);
    }

    /// <summary>Puts an item before those of a list attribute, as a reflector does with its cluster (RFC 4456 §8).</summary>
    public AttributeBuilder PutFirst(AttributeCode code, uint item)
    {
        var start = values.Count;
        var present = Find(code);
        values.U32(item);
        values.Octets(present);
        return Point(code, start);
    }

    /// <summary>Adds an item of a list attribute (communities of all kinds) unless it is there, keeping them sorted.</summary>
    public AttributeBuilder AddItem(AttributeCode code, ReadOnlySpan<byte> item)
    {
        var present = Find(code);
        var place = 0;
        for (; place < present.Length; place += item.Length)
        {
            var order = present.Slice(place, item.Length).SequenceCompareTo(item);
            if (order == 0)
            {
                return this;
            }
            if (order > 0)
            {
                break;
            }
        }
        var start = values.Count;
        values.Octets(present[..place]);
        values.Octets(item);
        values.Octets(present[place..]);
        return Point(code, start);
    }

    /// <summary>Keeps the items of a list attribute that are wanted, and drops it with the last.</summary>
    public AttributeBuilder KeepItems(AttributeCode code, int size, ItemFilter wanted)
    {
        var present = Find(code);
        var start = values.Count;
        for (; present.Length >= size; present = present[size..])
        {
            if (wanted(present[..size]))
            {
                values.Octets(present[..size]);
            }
        }
        return values.Count == start ? Remove(code) : Point(code, start);
    }

    public AttributeBuilder Community(uint community)
    {
        Span<byte> item = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(item, community);
        return AddItem(AttributeCode.Communities, item);
    }

    public AttributeBuilder Large(LargeCommunity community)
    {
        Span<byte> item = stackalloc byte[LargeCommunity.Octets];
        community.Write(item);
        return AddItem(AttributeCode.LargeCommunities, item);
    }

    public AttributeBuilder Extended(ExtendedCommunity community)
    {
        Span<byte> item = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(item, community.Bits);
        return AddItem(AttributeCode.ExtendedCommunities, item);
    }

    /// <summary>The canonical octets; valid until the next call.</summary>
    public ReadOnlySpan<byte> Canonical()
    {
        canonical.Clear();
        foreach (var entry in entries)
        {
            Attribute.Write(canonical, entry.Flags, entry.Code, Value(entry));
        }
        return canonical.Written;
    }

    public AttributeSet Build() => new(Canonical(), NextHop);

    private ReadOnlySpan<byte> Value(Entry entry) => values.Written.Slice(entry.Start, entry.Length);

    // The value is what was written to the buffer since then.
    private AttributeBuilder Point(AttributeCode code, int start)
    {
        var flags = AttributeTable.Find((byte)code)?.Flags ?? AttributeFlags.Optional | AttributeFlags.Transitive;
        var entry = new Entry((byte)code, flags, start, values.Count - start);
        if (TryPlace((byte)code, out var at))
        {
            entries[at] = entry;
        }
        else
        {
            entries.Insert(at, entry);
        }
        return this;
    }

    // Where an attribute is, or belongs: a set has some five, so that looking at each is quickest.
    private bool TryPlace(byte code, out int at)
    {
        for (at = 0; at < entries.Count && entries[at].Code <= code; at++)
        {
            if (entries[at].Code == code)
            {
                return true;
            }
        }
        return false;
    }
}
