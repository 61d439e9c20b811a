using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>What RouteTargetGrants let a namespace write.</summary>
public static class GrantIntent
{
    public static Judgement Judge(RouteTargetGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        for (var i = 0; i < (grant.Spec.RouteTargets?.Count ?? 0); i++)
        {
            if (TargetRange(grant.Spec.RouteTargets![i]) is null)
            {
                return Judgement.Refused(
                    "InvalidRange",
                    $"spec.routeTargets[{i}]",
                    $"'{grant.Spec.RouteTargets[i]}' is no route target and no range of them; write 64512:100 or 64512:100-199"
                );
            }
        }
        for (var i = 0; i < (grant.Spec.Vnis?.Count ?? 0); i++)
        {
            if (VniRange(grant.Spec.Vnis![i]) is null)
            {
                return Judgement.Refused(
                    "InvalidRange",
                    $"spec.vnis[{i}]",
                    $"'{grant.Spec.Vnis[i]}' is no VNI and no range of them; write 5001 or 5001-5099, at most 16777215"
                );
            }
        }
        return Judgement.Accepted;
    }

    /// <summary>May a namespace with these labels write that route target? What a grant has that cannot be read grants nothing.</summary>
    public static bool Allows(
        IEnumerable<RouteTargetGrant> grants,
        IDictionary<string, string>? namespaceLabels,
        RouteTarget target
    ) =>
        Of(grants, namespaceLabels)
            .SelectMany(grant => grant.Spec.RouteTargets ?? [])
            .Any(text =>
                TargetRange(text) is { } range && range.First.Bits <= target.Bits && target.Bits <= range.Last.Bits
            );

    public static bool Allows(
        IEnumerable<RouteTargetGrant> grants,
        IDictionary<string, string>? namespaceLabels,
        int vni
    ) =>
        Of(grants, namespaceLabels)
            .SelectMany(grant => grant.Spec.Vnis ?? [])
            .Any(text => VniRange(text) is { } range && range.First <= vni && vni <= range.Last);

    private static IEnumerable<RouteTargetGrant> Of(
        IEnumerable<RouteTargetGrant> grants,
        IDictionary<string, string>? namespaceLabels
    ) => grants.Where(grant => namespaceLabels is not null && Selector.Matches(grant.Spec.Namespaces, namespaceLabels));

    // 64512:100-199: the last number is one of the same administrator.
    private static (RouteTarget First, RouteTarget Last)? TargetRange(string text)
    {
        var ends = text.Split('-');
        if (ends.Length > 2 || !RouteTarget.TryParse(ends[0], out var first))
        {
            return null;
        }
        var last = first;
        var administrator = ends[0][..(ends[0].LastIndexOf(':') + 1)];
        return ends.Length == 1 || (RouteTarget.TryParse(administrator + ends[1], out last) && last.Bits >= first.Bits)
            ? (first, last)
            : null;
    }

    private static (int First, int Last)? VniRange(string text)
    {
        var ends = text.Split('-');
        if (ends.Length > 2 || !TryVni(ends[0], out var first))
        {
            return null;
        }
        return TryVni(ends[^1], out var last) && last >= first ? (first, last) : null;
    }

    private static bool TryVni(string text, out int vni) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, null, out vni) && vni is >= 1 and <= 0xffffff;
}
