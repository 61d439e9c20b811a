using System.Buffers.Binary;
using System.Collections.Immutable;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Policy;

/// <summary>What a rule does to the attributes of a route that it matches.</summary>
public sealed record RouteChange
{
    public uint? LocalPref { get; init; }

    public uint? Med { get; init; }

    public Origin? Origin { get; init; }

    public Address? NextHop { get; init; }

    /// <summary>The AS to put before the path, and how often.</summary>
    public uint PrependAs { get; init; }

    public int PrependTimes { get; init; }

    public ImmutableArray<uint> AddCommunities { get; init; } = [];

    public ImmutableArray<uint> RemoveCommunities { get; init; } = [];

    public ImmutableArray<LargeCommunity> AddLarge { get; init; } = [];

    public ImmutableArray<LargeCommunity> RemoveLarge { get; init; } = [];

    public ImmutableArray<ExtendedCommunity> AddExtended { get; init; } = [];

    public ImmutableArray<ExtendedCommunity> RemoveExtended { get; init; } = [];

    public void Apply(AttributeBuilder to)
    {
        if (LocalPref is { } preference)
        {
            to.Set(AttributeCode.LocalPref, preference);
        }
        if (Med is { } med)
        {
            to.Set(AttributeCode.Med, med);
        }
        if (Origin is { } origin)
        {
            to.Origin(origin);
        }
        if (NextHop is { } nextHop)
        {
            to.NextHop = nextHop;
        }
        if (PrependTimes > 0)
        {
            to.Prepend(PrependAs, PrependTimes);
        }
        if (!RemoveCommunities.IsEmpty)
        {
            to.KeepItems(
                AttributeCode.Communities,
                4,
                item => !RemoveCommunities.Contains(BinaryPrimitives.ReadUInt32BigEndian(item))
            );
        }
        if (!RemoveLarge.IsEmpty)
        {
            to.KeepItems(
                AttributeCode.LargeCommunities,
                LargeCommunity.Octets,
                item => !RemoveLarge.Contains(LargeCommunity.Read(item))
            );
        }
        if (!RemoveExtended.IsEmpty)
        {
            to.KeepItems(
                AttributeCode.ExtendedCommunities,
                8,
                item => !RemoveExtended.Contains(new ExtendedCommunity(BinaryPrimitives.ReadUInt64BigEndian(item)))
            );
        }
        foreach (var community in AddCommunities)
        {
            to.Community(community);
        }
        foreach (var community in AddLarge)
        {
            to.Large(community);
        }
        foreach (var community in AddExtended)
        {
            to.Extended(community);
        }
    }
}
