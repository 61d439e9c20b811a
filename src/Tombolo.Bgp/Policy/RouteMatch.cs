using System.Buffers.Binary;
using System.Collections.Immutable;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Policy;

/// <summary>What a rule asks of a route; what is not given is not asked, all that is must hold.</summary>
public sealed record RouteMatch
{
    public PrefixSet? Prefixes { get; init; }

    public ImmutableArray<Family> Families { get; init; } = [];

    /// <summary>Communities of each kind: the route has at least one of these.</summary>
    public ImmutableArray<uint> Communities { get; init; } = [];

    public ImmutableArray<LargeCommunity> LargeCommunities { get; init; } = [];

    public ImmutableArray<ExtendedCommunity> ExtendedCommunities { get; init; } = [];

    /// <summary>The AS is somewhere in the path; the route came from it; it originated there.</summary>
    public ImmutableArray<uint> PathContains { get; init; } = [];

    public ImmutableArray<uint> NeighborAs { get; init; } = [];

    public ImmutableArray<uint> OriginAs { get; init; } = [];

    public int? PathLengthAtLeast { get; init; }

    public int? PathLengthAtMost { get; init; }

    public ImmutableArray<Address> NextHops { get; init; } = [];

    public Origin? Origin { get; init; }

    /// <summary>True if the answer may differ between two routes of the same attributes.</summary>
    public bool LooksAtPrefix => Prefixes is not null;

    public bool Matches(AttributeSet set, Family family, Prefix? prefix) =>
        (Prefixes is null || (prefix is { } inside && Prefixes.Contains(inside)))
        && (Families.IsEmpty || Families.Contains(family))
        && (NextHops.IsEmpty || NextHops.Contains(set.NextHop))
        && (Origin is null || Origin == set.Origin)
        && (NeighborAs.IsEmpty || NeighborAs.Contains(set.NeighborAs))
        && (OriginAs.IsEmpty || OriginAs.Contains(AsPath.Origin(set.AsPathOctets)))
        && !(set.PathLength < PathLengthAtLeast)
        && !(set.PathLength > PathLengthAtMost)
        && (PathContains.IsEmpty || AnyAs(set))
        && (Communities.IsEmpty || AnyCommunity(set))
        && (LargeCommunities.IsEmpty || AnyLarge(set))
        && (ExtendedCommunities.IsEmpty || AnyExtended(set));

    private bool AnyAs(AttributeSet set)
    {
        foreach (var number in PathContains)
        {
            if (AsPath.Count(set.AsPathOctets, number) > 0)
            {
                return true;
            }
        }
        return false;
    }

    private bool AnyCommunity(AttributeSet set)
    {
        foreach (var community in Communities)
        {
            if (set.HasCommunity(community))
            {
                return true;
            }
        }
        return false;
    }

    private bool AnyLarge(AttributeSet set)
    {
        var value = set.Find(AttributeCode.LargeCommunities);
        for (; value.Length >= LargeCommunity.Octets; value = value[LargeCommunity.Octets..])
        {
            if (LargeCommunities.Contains(LargeCommunity.Read(value)))
            {
                return true;
            }
        }
        return false;
    }

    private bool AnyExtended(AttributeSet set)
    {
        var value = set.Find(AttributeCode.ExtendedCommunities);
        for (; value.Length >= 8; value = value[8..])
        {
            if (ExtendedCommunities.Contains(new ExtendedCommunity(BinaryPrimitives.ReadUInt64BigEndian(value))))
            {
                return true;
            }
        }
        return false;
    }
}
