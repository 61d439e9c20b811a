using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Tests.Topology;

/// <summary>Who may write which route targets and VNIs.</summary>
internal static partial class Oracle
{
    private static IEnumerable<RouteTargetGrantSpec> Grants(Topology topology, string home) =>
        topology
            .Grants.Select(grant => grant.Spec)
            .Where(grant => Selectors.Matches(grant.Namespaces, LabelsOf(topology, home)));

    // 64512:100, or 64512:100-199: the number is the low end of the eight octets, so a range is one of numbers.
    private static bool CoversTarget(RouteTargetGrantSpec grant, string text)
    {
        foreach (var (first, last) in (grant.RouteTargets ?? []).Select(Ends))
        {
            var administrator = first[..first.LastIndexOf(':')];
            if (
                RouteTarget.TryParse(text, out var target)
                && RouteTarget.TryParse(first, out var from)
                && RouteTarget.TryParse(last.Contains(':') ? last : $"{administrator}:{last}", out var to)
                && from.Bits <= target.Bits
                && target.Bits <= to.Bits
            )
            {
                return true;
            }
        }
        return false;
    }

    private static bool CoversVni(RouteTargetGrantSpec grant, int vni) =>
        (grant.Vnis ?? [])
            .Select(Ends)
            .Any(ends =>
                int.TryParse(ends.First, out var first)
                && int.TryParse(ends.Last, out var last)
                && first <= vni
                && vni <= last
            );

    // A value alone is a range of itself.
    private static (string First, string Last) Ends(string range) =>
        range.Split('-') is [var first, var last] ? (first, last) : (range, range);

    private static List<RouteTarget> Targets(IReadOnlyList<string>? texts)
    {
        var targets = new List<RouteTarget>();
        foreach (var text in texts ?? [])
        {
            if (RouteTarget.TryParse(text, out var target))
            {
                targets.Add(target);
            }
        }
        return targets;
    }
}
