using System.Buffers.Binary;
using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Rib;

/// <summary>From a chosen path to what one group of neighbours is sent of it: a function of path, source and group.</summary>
internal sealed class Export(AttributeSets sets, RouteSources sources, RibOptions options)
{
    private readonly AttributeBuilder builder = new();
    private readonly AttributeBuilder policyBuilder = new();

    /// <summary>Judges a path for a group; on Sent, the attributes to send are held once for the caller.</summary>
    public ExportVerdict Judge(
        GroupKey key,
        int attributes,
        ushort from,
        Prefix? prefix,
        out int sent,
        out PolicyRule? rule
    )
    {
        sent = -1;
        rule = null;
        var set = sets[attributes];
        var source = sources[from];
        var verdict = Allowed(key, set, source);
        if (verdict != ExportVerdict.Sent)
        {
            return verdict;
        }
        if (!key.Export.IsTrivial)
        {
            var outcome = key.Export.Apply(set, key.Family, prefix, policyBuilder);
            rule = outcome.Rule;
            if (outcome.Attributes is null)
            {
                return ExportVerdict.Policy;
            }
            set = outcome.Attributes;
        }
        var unchanged = key.IsInternal && !ChangesInside(key, set, source);
        if (!unchanged)
        {
            builder.Start(set);
            if (key.IsInternal)
            {
                ToInternal(key, set, source);
            }
            else
            {
                ToExternal(key, set, source, sets[attributes]);
            }
        }
        var octets = unchanged ? set.Octets : builder.Canonical();
        if (octets.Length > UpdateWriter.Room(key.Extended))
        {
            return ExportVerdict.TooLong;
        }
        sent = unchanged ? sets.Acquire(set) : sets.Acquire(octets, builder.NextHop);
        return ExportVerdict.Sent;
    }

    private static ExportVerdict Allowed(GroupKey key, AttributeSet set, RouteSource source)
    {
        var membership = key.Family == Family.RouteTargets;
        if (
            key.IsInternal
            && source.IsInternal
            && source.Index != RouteSource.Local
            && !source.IsClient
            && !key.IsClient
        )
        {
            return ExportVerdict.NotReflected;
        }
        if (set.Has(AttributeMarks.NoAdvertise) || (!key.IsInternal && set.Has(AttributeMarks.NoExport)))
        {
            return ExportVerdict.Community;
        }
        if (set.Has(AttributeMarks.LlgrStale) && !key.LongLived)
        {
            return ExportVerdict.LongLivedStale;
        }
        return !membership && key.Interest is { } interest && !interest.Wants(set)
            ? ExportVerdict.NoInterest
            : ExportVerdict.Sent;
    }

    private static bool IsReflected(RouteSource source) => source.IsInternal && source.Index != RouteSource.Local;

    private static bool WritesSelf(GroupKey key, AttributeSet set) =>
        key.WritesSelf || set.NextHop.Family == AddressFamily.None;

    // A route from outside, or of our own, that has all that one inside must have, goes on as it is.
    private static bool ChangesInside(GroupKey key, AttributeSet set, RouteSource source) =>
        IsReflected(source) || WritesSelf(key, set) || key.SendsBack || !set.Has(AttributeMarks.HasLocalPref);

    private void ToInternal(GroupKey key, AttributeSet set, RouteSource source)
    {
        var reflected = IsReflected(source);
        if (!set.Has(AttributeMarks.HasLocalPref))
        {
            builder.Set(AttributeCode.LocalPref, AttributeSet.DefaultLocalPref);
        }
        if (WritesSelf(key, set) && !reflected)
        {
            builder.NextHop = key.Self;
        }
        if (key.SendsBack)
        {
            builder.Set(AttributeCode.OriginatorId, options.RouterId).Remove(AttributeCode.ClusterList);
        }
        else if (reflected)
        {
            if (set.OriginatorId == 0)
            {
                builder.Set(AttributeCode.OriginatorId, source.RouterId);
            }
            builder.PutFirst(AttributeCode.ClusterList, options.ClusterId);
        }
    }

    private void ToExternal(GroupKey key, AttributeSet set, RouteSource source, AttributeSet original)
    {
        builder.Prepend(key.LocalAs);
        builder.Remove(AttributeCode.LocalPref).Remove(AttributeCode.OriginatorId).Remove(AttributeCode.ClusterList);
        // MED is between two AS (RFC 4271 §5.1.4): one that came from a third goes no further, what we or our policy set does.
        if (source.Index != RouteSource.Local && set.Med == original.Med)
        {
            builder.Remove(AttributeCode.Med);
        }
        builder.KeepItems(
            AttributeCode.ExtendedCommunities,
            8,
            item => new ExtendedCommunity(BinaryPrimitives.ReadUInt64BigEndian(item)).IsTransitive
        );
        if (WritesSelf(key, set))
        {
            builder.NextHop = key.Self;
        }
    }
}
