using k8s.Models;

namespace Tombolo.Cluster.Scheduler;

/// <summary>Decides where a pod goes. Pure: the same nodes and pods give the same place.</summary>
internal static class Placement
{
    public static Decision Decide(V1Pod pod, IReadOnlyList<NodeView> nodes)
    {
        if (nodes.Count == 0)
        {
            return new Decision(null, "no nodes available to schedule pods");
        }
        var objections = nodes.Select(node => (Node: node, Why: Objection(pod, node, nodes))).ToList();
        var best = objections
            .Where(candidate => candidate.Why is null)
            .Select(candidate => candidate.Node)
            .OrderByDescending(node => NodeMatch.Preference(pod, node))
            .ThenBy(node => Taints.Preferring(pod, node.Node))
            .ThenBy(node => node.Pods.Count(other => IsSibling(pod, other)))
            .ThenBy(node => node.Pods.Count)
            .ThenBy(node => node.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best is null ? new Decision(null, Message(objections.Select(o => o.Why))) : new Decision(best.Name, "");
    }

    private static string? Objection(V1Pod pod, NodeView node, IReadOnlyList<NodeView> nodes)
    {
        if (node.Node.Spec?.Unschedulable == true && !Tolerates("node.kubernetes.io/unschedulable"))
        {
            return "node(s) were unschedulable";
        }
        if (!NodeMatch.Required(pod, node))
        {
            return "node(s) didn't match Pod's node affinity/selector";
        }
        if (Taints.Untolerated(pod, node.Node) is { } taint)
        {
            return $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}";
        }
        // The taints follow a node's condition with some delay; the condition itself is known at once.
        var ready = node.Node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status ?? "Unknown";
        if (
            ready != "True"
            && !Tolerates(ready == "False" ? "node.kubernetes.io/not-ready" : "node.kubernetes.io/unreachable")
        )
        {
            return "node(s) were not ready";
        }
        return Room.Lacks(pod, node) ?? Neighbours.Objection(pod, node, nodes);

        bool Tolerates(string key) => Taints.Tolerates(pod, key, null, "NoSchedule");
    }

    private static bool IsSibling(V1Pod pod, V1Pod other) =>
        Owner(pod) is { } owner
        && Owner(other) == owner
        && pod.Metadata.NamespaceProperty == other.Metadata.NamespaceProperty;

    private static string? Owner(V1Pod pod) =>
        pod.Metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true)?.Uid;

    private static string Message(IEnumerable<string?> objections)
    {
        var all = objections.ToList();
        var counted = all.GroupBy(why => why)
            .Select(group => $"{group.Count()} {group.Key}")
            .Order(StringComparer.Ordinal);
        return $"0/{all.Count} nodes are available: {string.Join(", ", counted)}.";
    }
}
