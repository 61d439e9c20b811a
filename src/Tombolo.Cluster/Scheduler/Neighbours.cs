using k8s.Models;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Scheduler;

/// <summary>What a pod asks of the pods around it: affinity, anti-affinity, spreading over domains. Pure.</summary>
internal static class Neighbours
{
    /// <summary>Why the pod cannot be beside the pods of the node's domains, in words; null: it can.</summary>
    public static string? Objection(V1Pod pod, NodeView node, IReadOnlyList<NodeView> nodes)
    {
        var affinity = pod.Spec.Affinity;
        var apart = affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        if (apart.Any(term => InDomain(term, pod, node, nodes)))
        {
            return "node(s) didn't match pod anti-affinity rules";
        }
        if (KeptAway(pod, node, nodes))
        {
            return "node(s) didn't satisfy existing pods anti-affinity rules";
        }
        var together = affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        if (together.Any(term => !InDomain(term, pod, node, nodes) && !IsFirstOfItsKind(term, pod, node, nodes)))
        {
            return "node(s) didn't match pod affinity rules";
        }
        var spread = (pod.Spec.TopologySpreadConstraints ?? []).Where(c => c.WhenUnsatisfiable == "DoNotSchedule");
        return spread.Any(constraint => !Spreads(constraint, pod, node, nodes))
            ? "node(s) didn't match pod topology spread constraints"
            : null;
    }

    private static bool InDomain(V1PodAffinityTerm term, V1Pod pod, NodeView node, IReadOnlyList<NodeView> nodes) =>
        node.Labels.TryGetValue(term.TopologyKey, out var domain)
        && nodes.Any(other =>
            other.Labels.TryGetValue(term.TopologyKey, out var its)
            && its == domain
            && other.Pods.Any(neighbour => Selects(term, pod, neighbour))
        );

    // The first of a group that wants to be together has nobody to be with.
    private static bool IsFirstOfItsKind(
        V1PodAffinityTerm term,
        V1Pod pod,
        NodeView node,
        IReadOnlyList<NodeView> nodes
    ) =>
        node.Labels.ContainsKey(term.TopologyKey)
        && Selects(term, pod, pod)
        && !nodes.Any(other => other.Pods.Any(neighbour => Selects(term, pod, neighbour)));

    private static bool KeptAway(V1Pod pod, NodeView node, IReadOnlyList<NodeView> nodes) =>
        nodes.Any(other =>
            other.Pods.Any(neighbour =>
                (neighbour.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Any(
                    term =>
                        Selects(term, neighbour, pod)
                        && node.Labels.TryGetValue(term.TopologyKey, out var here)
                        && other.Labels.TryGetValue(term.TopologyKey, out var there)
                        && here == there
                )
            )
        );

    /// <param name="whose">The pod that the term belongs to: without namespaces it speaks of its own.</param>
    private static bool Selects(V1PodAffinityTerm term, V1Pod whose, V1Pod other)
    {
        var itsNamespace = other.Metadata.NamespaceProperty;
        var inScope =
            term.NamespaceSelector is { MatchLabels: null or { Count: 0 }, MatchExpressions: null or { Count: 0 } }
            || (
                term.Namespaces is { Count: > 0 } named
                    ? named.Contains(itsNamespace)
                    : whose.Metadata.NamespaceProperty == itsNamespace
            );
        return inScope && term.LabelSelector.Matches(other.Metadata.Labels);
    }

    private static bool Spreads(
        V1TopologySpreadConstraint constraint,
        V1Pod pod,
        NodeView node,
        IReadOnlyList<NodeView> nodes
    )
    {
        if (!node.Labels.TryGetValue(constraint.TopologyKey, out var here))
        {
            return false;
        }
        var counts = nodes
            .Where(other => other.Labels.ContainsKey(constraint.TopologyKey) && NodeMatch.Required(pod, other))
            .GroupBy(other => other.Labels[constraint.TopologyKey])
            .ToDictionary(
                group => group.Key,
                group => group.Sum(other => other.Pods.Count(neighbour => Counts(constraint, pod, neighbour)))
            );
        var fewest = counts.Values.DefaultIfEmpty(0).Min();
        var self = constraint.LabelSelector.Matches(pod.Metadata.Labels) ? 1 : 0;
        return counts.GetValueOrDefault(here) + self - fewest <= constraint.MaxSkew;
    }

    private static bool Counts(V1TopologySpreadConstraint constraint, V1Pod pod, V1Pod neighbour) =>
        neighbour.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty
        && neighbour.Metadata.DeletionTimestamp is null
        && constraint.LabelSelector.Matches(neighbour.Metadata.Labels);
}
