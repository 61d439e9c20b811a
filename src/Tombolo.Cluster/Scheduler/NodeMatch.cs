using k8s.Models;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Scheduler;

/// <summary>Node selectors and node affinity. Pure.</summary>
internal static class NodeMatch
{
    public static bool Required(V1Pod pod, NodeView node) =>
        (pod.Spec.NodeSelector ?? new Dictionary<string, string>()).All(pair =>
            node.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value
        )
        && (
            pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required
            || required.NodeSelectorTerms.Any(term => Matches(term, node))
        );

    /// <summary>Sum of the weights of the preferences that the node meets.</summary>
    public static int Preference(V1Pod pod, NodeView node) =>
        (pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
            .Where(preferred => Matches(preferred.Preference, node))
            .Sum(preferred => preferred.Weight);

    // A term without requirements matches nothing (as Kubernetes has it).
    private static bool Matches(V1NodeSelectorTerm term, NodeView node)
    {
        var expressions = term.MatchExpressions ?? [];
        var fields = term.MatchFields ?? [];
        return expressions.Count + fields.Count > 0
            && expressions.All(e => Selection.Matches(node.Labels, e.Key, e.OperatorProperty, e.Values))
            && fields.All(f =>
                f.Key == "metadata.name"
                && Selection.Matches(
                    new Dictionary<string, string> { ["metadata.name"] = node.Name },
                    f.Key,
                    f.OperatorProperty,
                    f.Values
                )
            );
    }
}
