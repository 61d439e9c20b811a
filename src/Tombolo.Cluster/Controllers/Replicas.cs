using k8s.Models;

namespace Tombolo.Cluster.Controllers;

/// <summary>Which pods count as ready and as available. Pure.</summary>
internal static class Replicas
{
    public static bool IsReady(V1Pod pod) => ReadyCondition(pod) is not null;

    /// <summary>Ready for as long as needed.</summary>
    public static bool IsAvailable(V1Pod pod, TimeSpan needed, DateTime now) =>
        ReadyCondition(pod) is { } ready
        && (needed == TimeSpan.Zero || now - (ready.LastTransitionTime ?? now) >= needed);

    /// <summary>When the next of those that are ready becomes available; null: none will by time alone.</summary>
    public static TimeSpan? NextAvailable(IEnumerable<V1Pod> pods, TimeSpan needed, DateTime now)
    {
        var waits = pods.Where(pod => IsReady(pod) && !IsAvailable(pod, needed, now))
            .Select(pod => needed - (now - (ReadyCondition(pod)?.LastTransitionTime ?? now)))
            .ToList();
        return waits.Count > 0 ? waits.Min() : null;
    }

    private static V1PodCondition? ReadyCondition(V1Pod pod) =>
        pod.Status?.Conditions?.FirstOrDefault(c => c is { Type: "Ready", Status: "True" });
}
