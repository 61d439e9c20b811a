using System.Buffers.Binary;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>The table of path attributes; a code without a row is unknown and passed on as its flags say.</summary>
public static class AttributeTable
{
    private const AttributeFlags WellKnown = AttributeFlags.Transitive;
    private const AttributeFlags NonTransitive = AttributeFlags.Optional;
    private const AttributeFlags Transitive = AttributeFlags.Optional | AttributeFlags.Transitive;

    private static readonly AttributeDescriptor?[] ByCode = Index([
        new(
            AttributeCode.Origin,
            "origin",
            WellKnown,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => value.Length == 1 && value[0] <= 2,
            AttributeText.Origin
        ),
        new(
            AttributeCode.AsPath,
            "as-path",
            WellKnown,
            UpdateAction.TreatAsWithdraw,
            AsPath.IsWellFormed,
            AttributeText.AsPath
        ),
        new(
            AttributeCode.NextHop,
            "next-hop",
            WellKnown,
            UpdateAction.TreatAsWithdraw,
            IsNextHop,
            AttributeText.Address
        ),
        new(AttributeCode.Med, "med", NonTransitive, UpdateAction.TreatAsWithdraw, Exactly4, AttributeText.Number),
        new(
            AttributeCode.LocalPref,
            "local-pref",
            WellKnown,
            UpdateAction.TreatAsWithdraw,
            Exactly4,
            AttributeText.Number,
            InternalOnly: true
        ),
        new(
            AttributeCode.AtomicAggregate,
            "atomic-aggregate",
            WellKnown,
            UpdateAction.AttributeDiscard,
            (value, in _) => value.IsEmpty,
            _ => ""
        ),
        new(
            AttributeCode.Aggregator,
            "aggregator",
            Transitive,
            UpdateAction.AttributeDiscard,
            (value, in session) => value.Length == (session.FourOctetAs ? 8 : 6),
            AttributeText.Aggregator
        ),
        new(
            AttributeCode.Communities,
            "communities",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => IsMultiple(value, 4),
            AttributeText.Communities
        ),
        new(
            AttributeCode.OriginatorId,
            "originator-id",
            NonTransitive,
            UpdateAction.TreatAsWithdraw,
            Exactly4,
            AttributeText.Address,
            InternalOnly: true
        ),
        new(
            AttributeCode.ClusterList,
            "cluster-list",
            NonTransitive,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => IsMultiple(value, 4),
            AttributeText.ClusterList,
            InternalOnly: true
        ),
        new(
            AttributeCode.MpReach,
            "mp-reach",
            NonTransitive,
            UpdateAction.SessionReset,
            (_, in _) => true,
            AttributeText.Hex
        ),
        new(
            AttributeCode.MpUnreach,
            "mp-unreach",
            NonTransitive,
            UpdateAction.SessionReset,
            (_, in _) => true,
            AttributeText.Hex
        ),
        new(
            AttributeCode.ExtendedCommunities,
            "extended-communities",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => IsMultiple(value, 8),
            AttributeText.ExtendedCommunities
        ),
        new(
            AttributeCode.As4Path,
            "as4-path",
            Transitive,
            UpdateAction.AttributeDiscard,
            IsAs4Path,
            AttributeText.AsPath
        ),
        new(
            AttributeCode.As4Aggregator,
            "as4-aggregator",
            Transitive,
            UpdateAction.AttributeDiscard,
            (value, in _) => value.Length == 8,
            AttributeText.Aggregator
        ),
        new(
            AttributeCode.PmsiTunnel,
            "pmsi-tunnel",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => value.Length >= 5,
            AttributeText.Hex
        ),
        new(
            AttributeCode.TunnelEncapsulation,
            "tunnel-encapsulation",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            IsTunnels,
            AttributeText.Hex
        ),
        new(
            AttributeCode.IPv6ExtendedCommunities,
            "ipv6-extended-communities",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => IsMultiple(value, 20),
            AttributeText.Hex
        ),
        new(
            AttributeCode.Aigp,
            "aigp",
            NonTransitive,
            UpdateAction.AttributeDiscard,
            (value, in _) => value.Length >= 3,
            AttributeText.Hex
        ),
        new(
            AttributeCode.LargeCommunities,
            "large-communities",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => IsMultiple(value, 12),
            AttributeText.LargeCommunities
        ),
        new(
            AttributeCode.OnlyToCustomer,
            "only-to-customer",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            Exactly4,
            AttributeText.Number
        ),
        new(
            AttributeCode.AttributeSet,
            "attribute-set",
            Transitive,
            UpdateAction.TreatAsWithdraw,
            (value, in _) => value.Length >= 4,
            AttributeText.Hex
        ),
    ]);

    public static AttributeDescriptor? Find(byte code) => ByCode[code];

    private static AttributeDescriptor?[] Index(AttributeDescriptor[] rows)
    {
        var index = new AttributeDescriptor?[256];
        foreach (var row in rows)
        {
            index[(byte)row.Code] = row;
        }
        return index;
    }

    private static bool Exactly4(ReadOnlySpan<byte> value, in SessionTraits session) => value.Length == 4;

    private static bool IsMultiple(ReadOnlySpan<byte> value, int size) => value.Length > 0 && value.Length % size == 0;

    private static bool IsNextHop(ReadOnlySpan<byte> value, in SessionTraits session) =>
        value.Length == 4 && UpdateReader.IsNextHop(Address.Read(value));

    private static bool IsAs4Path(ReadOnlySpan<byte> value, in SessionTraits session) =>
        AsPath.IsWellFormed(value, session with { FourOctetAs = true });

    // Tunnel type 2 | length 2 | value, each (RFC 9012 §2)
    private static bool IsTunnels(ReadOnlySpan<byte> value, in SessionTraits session)
    {
        var wire = new WireReader(value);
        while (!wire.AtEnd)
        {
            if (!wire.TryU16(out _) || !wire.TryU16(out var length) || !wire.TryTake(length, out _))
            {
                return false;
            }
        }
        return !value.IsEmpty;
    }
}
