using System.Buffers.Binary;
using System.Collections.Immutable;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Rib;

/// <summary>The memberships that a neighbour announced (RFC 4684), compared by content.</summary>
internal sealed class RouteTargetInterest : IEquatable<RouteTargetInterest>
{
    private readonly ImmutableSortedSet<NlriKey> memberships;
    private readonly HashSet<ulong> whole = [];
    private readonly List<NlriKey> partial = [];

    /// <summary>Who asks is of no matter here: origin AS are taken out, so that likes compare equal.</summary>
    public static RouteTargetInterest Of(IEnumerable<NlriKey> memberships) =>
        new(memberships.Select(key => key with { A = (uint)key.A }).ToImmutableSortedSet());

    private RouteTargetInterest(ImmutableSortedSet<NlriKey> memberships)
    {
        this.memberships = memberships;
        foreach (var key in memberships)
        {
            if (RouteTargetNlri.BitsOf(key) == 96)
            {
                whole.Add(key.B);
            }
            else
            {
                partial.Add(key);
            }
        }
    }

    /// <summary>True if one of the set's route targets is asked for.</summary>
    public bool Wants(AttributeSet set)
    {
        var value = set.Find(AttributeCode.ExtendedCommunities);
        for (; value.Length >= 8; value = value[8..])
        {
            var community = new ExtendedCommunity(BinaryPrimitives.ReadUInt64BigEndian(value));
            if (!community.IsRouteTarget)
            {
                continue;
            }
            if (whole.Contains(community.Bits))
            {
                return true;
            }
            foreach (var key in partial)
            {
                if (RouteTargetNlri.Covers(key, community.ToRouteTarget()))
                {
                    return true;
                }
            }
        }
        // The default membership covers also routes without a target.
        return partial.Exists(key => RouteTargetNlri.BitsOf(key) == 0);
    }

    public bool Equals(RouteTargetInterest? other) => other is not null && memberships.SetEquals(other.memberships);

    public override bool Equals(object? obj) => Equals(obj as RouteTargetInterest);

    public override int GetHashCode() =>
        memberships.Aggregate(memberships.Count, (hash, key) => HashCode.Combine(hash, key));
}
