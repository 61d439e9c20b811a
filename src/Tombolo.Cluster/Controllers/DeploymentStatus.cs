using k8s.Models;

namespace Tombolo.Cluster.Controllers;

/// <summary>A Deployment's status from its sets'. Pure.</summary>
internal static class DeploymentStatus
{
    /// <param name="next">When the progress deadline is over; null: there is none to wait for.</param>
    public static V1DeploymentStatus Of(
        V1Deployment deployment,
        V1ReplicaSet? newest,
        IReadOnlyList<V1ReplicaSet> sets,
        DateTime now,
        out TimeSpan? next
    )
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var available = sets.Sum(set => set.Status?.AvailableReplicas ?? 0);
        var status = new V1DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = sets.Sum(set => set.Status?.Replicas ?? 0),
            UpdatedReplicas = newest?.Status?.Replicas ?? 0,
            ReadyReplicas = sets.Sum(set => set.Status?.ReadyReplicas ?? 0),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, sets.Sum(set => set.Spec.Replicas ?? 1) - available),
            CollisionCount = deployment.Status?.CollisionCount,
        };
        var least = wanted - RolloutPlan.Limits(deployment, wanted).Unavailable;
        var progress = Progress(deployment, newest, status, wanted, now, out next);
        status.Conditions =
        [
            available >= least
                ? Condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
                : Condition(
                    "Available",
                    "False",
                    "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability."
                ),
            progress,
        ];
        return status;

        V1DeploymentCondition Condition(string type, string value, string reason, string message) =>
            Timed(
                deployment,
                new()
                {
                    Type = type,
                    Status = value,
                    Reason = reason,
                    Message = message,
                },
                now,
                moved: false
            );
    }

    /// <summary>Whether a write would change anything.</summary>
    public static bool SaysTheSame(V1DeploymentStatus? old, V1DeploymentStatus status) =>
        old is not null
        && old.ObservedGeneration == status.ObservedGeneration
        && (old.Replicas ?? 0) == status.Replicas
        && (old.UpdatedReplicas ?? 0) == status.UpdatedReplicas
        && (old.ReadyReplicas ?? 0) == status.ReadyReplicas
        && (old.AvailableReplicas ?? 0) == status.AvailableReplicas
        && (old.UnavailableReplicas ?? 0) == status.UnavailableReplicas
        && status.Conditions.All(condition =>
            old.Conditions?.Any(c =>
                c.Type == condition.Type
                && c.Status == condition.Status
                && c.Reason == condition.Reason
                && c.Message == condition.Message
            ) == true
        );

    private static V1DeploymentCondition Progress(
        V1Deployment deployment,
        V1ReplicaSet? newest,
        V1DeploymentStatus status,
        int wanted,
        DateTime now,
        out TimeSpan? next
    )
    {
        next = null;
        var old = deployment.Status?.Conditions?.FirstOrDefault(c => c.Type == "Progressing");
        var name = newest?.Metadata.Name ?? "";
        var deadline = TimeSpan.FromSeconds(deployment.Spec.ProgressDeadlineSeconds ?? 600);
        var complete =
            status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted;
        if (deployment.Spec.Paused == true)
        {
            return Word("Unknown", "DeploymentPaused", "Deployment is paused", moved: false);
        }
        if (complete)
        {
            return Word(
                "True",
                "NewReplicaSetAvailable",
                $"ReplicaSet \"{name}\" has successfully progressed.",
                moved: false
            );
        }
        var moved =
            old is null
            || old.Reason is "NewReplicaSetAvailable" or "DeploymentPaused"
            || deployment.Status?.ObservedGeneration != deployment.Metadata.Generation
            || status.UpdatedReplicas > (deployment.Status?.UpdatedReplicas ?? 0)
            || status.AvailableReplicas > (deployment.Status?.AvailableReplicas ?? 0)
            || status.Replicas < (deployment.Status?.Replicas ?? 0);
        var since = moved ? now : old?.LastUpdateTime ?? now;
        if (now - since >= deadline)
        {
            return Word(
                "False",
                "ProgressDeadlineExceeded",
                $"ReplicaSet \"{name}\" has timed out progressing.",
                moved: false
            );
        }
        next = deadline - (now - since) + TimeSpan.FromSeconds(1);
        return Word("True", "ReplicaSetUpdated", $"ReplicaSet \"{name}\" is progressing.", moved);

        V1DeploymentCondition Word(string value, string reason, string message, bool moved) =>
            Timed(
                deployment,
                new()
                {
                    Type = "Progressing",
                    Status = value,
                    Reason = reason,
                    Message = message,
                },
                now,
                moved
            );
    }

    private static V1DeploymentCondition Timed(
        V1Deployment deployment,
        V1DeploymentCondition condition,
        DateTime now,
        bool moved
    )
    {
        var old = deployment.Status?.Conditions?.FirstOrDefault(c => c.Type == condition.Type);
        condition.LastTransitionTime = old?.Status == condition.Status ? old.LastTransitionTime : now;
        condition.LastUpdateTime = !moved && old?.Reason == condition.Reason ? old.LastUpdateTime : now;
        return condition;
    }
}
