using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>
/// The path attributes of routes, immutable and shared by all that have the same: canonical octets and, read out of
/// them once, what decisions need. Next hop apart, since its form differs by family.
/// </summary>
public sealed class AttributeSet
{
    /// <summary>Taken where an internal route carries none (RFC 4271 §5.1.5 leaves it to us; 100 is the field's).</summary>
    public const uint DefaultLocalPref = 100;

    private readonly byte[] octets;

    /// <param name="canonical">Attributes by ascending code, four-octet AS numbers, without next hop and MP fields.</param>
    public AttributeSet(ReadOnlySpan<byte> canonical, Address nextHop)
        : this(canonical, nextHop, HashOf(canonical, nextHop)) { }

    internal AttributeSet(ReadOnlySpan<byte> canonical, Address nextHop, int hash)
    {
        octets = canonical.ToArray();
        NextHop = nextHop;
        Hash = hash;
        LocalPref = DefaultLocalPref;
        Origin = Origin.Incomplete;
        foreach (var attribute in new AttributeWalk(octets))
        {
            Note(attribute);
        }
    }

    public Address NextHop { get; }

    public Origin Origin { get; private set; }

    public uint LocalPref { get; private set; }

    /// <summary>0 where there is none: a missing one is the best (RFC 4271 §9.1.2.2 c).</summary>
    public uint Med { get; private set; }

    /// <summary>The AS it was received from; 0 for a route of our own AS.</summary>
    public uint NeighborAs { get; private set; }

    public uint OriginatorId { get; private set; }

    public ushort PathLength { get; private set; }

    public ushort ClusterCount { get; private set; }

    public AttributeMarks Marks { get; private set; }

    public int Hash { get; }

    public ReadOnlySpan<byte> Octets => octets;

    public AttributeWalk Attributes => new(octets);

    public ReadOnlySpan<byte> AsPathOctets => Find(AttributeCode.AsPath);

    /// <summary>The value of an attribute; empty when there is none (or none but its presence).</summary>
    public ReadOnlySpan<byte> Find(AttributeCode code)
    {
        foreach (var attribute in new AttributeWalk(octets))
        {
            if (attribute.Code == (byte)code)
            {
                return attribute.Value;
            }
        }
        return default;
    }

    public bool Has(AttributeMarks mark) => (Marks & mark) != 0;

    public bool HasCommunity(uint community)
    {
        var value = Find(AttributeCode.Communities);
        for (; value.Length >= 4; value = value[4..])
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(value) == community)
            {
                return true;
            }
        }
        return false;
    }

    public bool HasCluster(uint cluster)
    {
        var value = Find(AttributeCode.ClusterList);
        for (; value.Length >= 4; value = value[4..])
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(value) == cluster)
            {
                return true;
            }
        }
        return false;
    }

    public IEnumerable<RouteTarget> RouteTargets()
    {
        var targets = new List<RouteTarget>();
        var value = Find(AttributeCode.ExtendedCommunities);
        for (; value.Length >= 8; value = value[8..])
        {
            var community = new ExtendedCommunity(BinaryPrimitives.ReadUInt64BigEndian(value));
            if (community.IsRouteTarget)
            {
                targets.Add(community.ToRouteTarget());
            }
        }
        return targets;
    }

    public bool Same(ReadOnlySpan<byte> canonical, in Address nextHop) =>
        nextHop == NextHop && canonical.SequenceEqual(octets);

    public static int HashOf(ReadOnlySpan<byte> canonical, in Address nextHop)
    {
        const ulong mix = 0x9e37_79b9_7f4a_7c15;
        var hash = ((ulong)nextHop.Bits ^ (ulong)(nextHop.Bits >> 64) ^ (ulong)canonical.Length) * mix;
        while (canonical.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(canonical)) * mix;
            hash ^= hash >> 29;
            canonical = canonical[8..];
        }
        foreach (var octet in canonical)
        {
            hash = (hash ^ octet) * mix;
        }
        return (int)(hash >> 32);
    }

    private void Note(in Attribute attribute)
    {
        var value = attribute.Value;
        switch ((AttributeCode)attribute.Code)
        {
            case AttributeCode.Origin:
                Origin = (Origin)value[0];
                break;
            case AttributeCode.AsPath:
                PathLength = (ushort)AsPath.Length(value);
                NeighborAs = AsPath.Neighbor(value);
                break;
            case AttributeCode.Med:
                Med = BinaryPrimitives.ReadUInt32BigEndian(value);
                Marks |= AttributeMarks.HasMed;
                break;
            case AttributeCode.LocalPref:
                LocalPref = BinaryPrimitives.ReadUInt32BigEndian(value);
                Marks |= AttributeMarks.HasLocalPref;
                break;
            case AttributeCode.OriginatorId:
                OriginatorId = BinaryPrimitives.ReadUInt32BigEndian(value);
                break;
            case AttributeCode.ClusterList:
                ClusterCount = (ushort)(value.Length / 4);
                break;
            case AttributeCode.Communities:
                for (; value.Length >= 4; value = value[4..])
                {
                    Marks |= BinaryPrimitives.ReadUInt32BigEndian(value) switch
                    {
                        Community.NoExport or Community.NoExportSubconfed => AttributeMarks.NoExport,
                        Community.NoAdvertise => AttributeMarks.NoAdvertise,
                        Community.LlgrStale => AttributeMarks.LlgrStale,
                        Community.NoLlgr => AttributeMarks.NoLlgr,
                        _ => AttributeMarks.None,
                    };
                }
                break;
        }
    }
}
