using k8s.Models;

namespace Tombolo.Cluster.Scheduler;

/// <summary>Taints and tolerations. Pure.</summary>
internal static class Taints
{
    /// <summary>The first taint that keeps the pod off the node; null: none.</summary>
    public static V1Taint? Untolerated(V1Pod pod, V1Node node) =>
        (node.Spec?.Taints ?? []).FirstOrDefault(taint =>
            taint.Effect is "NoSchedule" or "NoExecute" && !Tolerates(pod, taint.Key, taint.Value, taint.Effect)
        );

    /// <summary>How many taints would rather have it elsewhere.</summary>
    public static int Preferring(V1Pod pod, V1Node node) =>
        (node.Spec?.Taints ?? []).Count(taint =>
            taint.Effect == "PreferNoSchedule" && !Tolerates(pod, taint.Key, taint.Value, taint.Effect)
        );

    public static bool Tolerates(V1Pod pod, string key, string? value, string effect) =>
        (pod.Spec.Tolerations ?? []).Any(toleration =>
            (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == effect)
            && (
                toleration.OperatorProperty == "Exists"
                    ? string.IsNullOrEmpty(toleration.Key) || toleration.Key == key
                    : toleration.Key == key && (toleration.Value ?? "") == (value ?? "")
            )
        );
}
