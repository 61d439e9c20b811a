using k8s.Models;

namespace Tombolo.Cluster.Controllers;

/// <summary>For how long a pod tolerates the NoExecute taints of its node. Pure.</summary>
internal static class Toleration
{
    /// <summary>When it must go; null: it may stay.</summary>
    public static DateTime? EndsAt(V1Pod pod, V1Node node)
    {
        DateTime? earliest = null;
        foreach (var taint in (node.Spec?.Taints ?? []).Where(taint => taint.Effect == "NoExecute"))
        {
            var matching = (pod.Spec.Tolerations ?? []).Where(toleration => Tolerates(toleration, taint)).ToList();
            var seconds = matching
                .Select(toleration => toleration.TolerationSeconds ?? long.MaxValue)
                .DefaultIfEmpty(0)
                .Min();
            if (seconds < int.MaxValue)
            {
                var end = (taint.TimeAdded ?? DateTime.UnixEpoch).AddSeconds(Math.Max(0, seconds));
                earliest = earliest is null || end < earliest ? end : earliest;
            }
        }
        return earliest;
    }

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (
            toleration.OperatorProperty == "Exists"
                ? string.IsNullOrEmpty(toleration.Key) || toleration.Key == taint.Key
                : toleration.Key == taint.Key && (toleration.Value ?? "") == (taint.Value ?? "")
        );
}
