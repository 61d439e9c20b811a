using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>Makes an attribute set, or a changed copy of one. Reusable; not for two threads.</summary>
public sealed class AttributeBuilder
{
    private readonly SortedDictionary<byte, (AttributeFlags Flags, byte[] Value)> attributes = [];
    private readonly OctetBuffer canonical = new(512);

    public Address NextHop { get; set; }

    public AttributeBuilder Start(AttributeSet? from = null)
    {
        attributes.Clear();
        NextHop = from?.NextHop ?? default;
        foreach (var attribute in from is null ? default : from.Attributes)
        {
            attributes[attribute.Code] = (attribute.Flags, attribute.Value.ToArray());
        }
        return this;
    }

    public ReadOnlySpan<byte> Find(AttributeCode code) =>
        attributes.TryGetValue((byte)code, out var found) ? found.Value : default;

    public AttributeBuilder Set(AttributeCode code, ReadOnlySpan<byte> value)
    {
        var flags = AttributeTable.Find((byte)code)?.Flags ?? AttributeFlags.Optional | AttributeFlags.Transitive;
        attributes[(byte)code] = (flags, value.ToArray());
        return this;
    }

    public AttributeBuilder Set(AttributeCode code, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Set(code, octets);
    }

    public AttributeBuilder Origin(Origin origin) => Set(AttributeCode.Origin, [(byte)origin]);

    public AttributeBuilder Remove(AttributeCode code)
    {
        attributes.Remove((byte)code);
        return this;
    }

    /// <summary>Removes optional attributes that may not leave for another AS (unknown non-transitive ones).</summary>
    public AttributeBuilder RemoveUnknownNonTransitive()
    {
        foreach (var (code, (flags, _)) in attributes.ToArray())
        {
            if ((flags & AttributeFlags.Transitive) == 0 && AttributeTable.Find(code) is null)
            {
                attributes.Remove(code);
            }
        }
        return this;
    }

    public AttributeBuilder Prepend(uint number, int times = 1) =>
        Set(AttributeCode.AsPath, AsPath.Prepend(Find(AttributeCode.AsPath), number, times));

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
        var longer = new byte[present.Length + item.Length];
        present[..place].CopyTo(longer);
        item.CopyTo(longer.AsSpan(place));
        present[place..].CopyTo(longer.AsSpan(place + item.Length));
        return Set(code, longer);
    }

    /// <summary>Keeps the items of a list attribute that are wanted, and drops it with the last.</summary>
    public AttributeBuilder KeepItems(AttributeCode code, int size, Func<byte[], bool> wanted)
    {
        var present = Find(code);
        var kept = new List<byte>(present.Length);
        for (; present.Length >= size; present = present[size..])
        {
            var item = present[..size].ToArray();
            if (wanted(item))
            {
                kept.AddRange(item);
            }
        }
        return kept.Count == 0 ? Remove(code) : Set(code, kept.ToArray());
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
        foreach (var (code, (flags, value)) in attributes)
        {
            Attribute.Write(canonical, flags, code, value);
        }
        return canonical.Written;
    }

    public AttributeSet Build() => new(Canonical(), NextHop);
}
