using k8s.Models;

namespace Tombolo.Cluster.Scheduler;

/// <summary>Whether a node has room: pods, processors (cores), memory (octets). Pure.</summary>
internal static class Room
{
    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary>What the node lacks, in words; null: nothing.</summary>
    public static string? Lacks(V1Pod pod, NodeView node)
    {
        var offers = node.Node.Status?.Allocatable;
        if (offers is null)
        {
            return null;
        }
        if (offers.TryGetValue("pods", out var pods) && node.Pods.Count + 1 > pods.ToDecimal())
        {
            return "Too many pods";
        }
        foreach (var resource in Counted)
        {
            var wanted = Requests(pod, resource);
            if (
                wanted > 0
                && offers.TryGetValue(resource, out var offered)
                && node.Pods.Sum(other => Requests(other, resource)) + wanted > offered.ToDecimal()
            )
            {
                return $"Insufficient {resource}";
            }
        }
        return null;
    }

    // Init containers run one by one before the others: the largest of them counts if it is more than all others together.
    private static decimal Requests(V1Pod pod, string resource) =>
        Math.Max(
            pod.Spec.Containers.Sum(container => Of(container, resource)),
            (pod.Spec.InitContainers ?? []).Select(container => Of(container, resource)).DefaultIfEmpty(0).Max()
        );

    private static decimal Of(V1Container container, string resource) =>
        container.Resources?.Requests is { } requests && requests.TryGetValue(resource, out var quantity)
            ? quantity.ToDecimal()
            : 0;
}
