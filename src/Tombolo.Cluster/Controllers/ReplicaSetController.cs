using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Controllers;

/// <summary>Keeps as many pods of a ReplicaSet as it asks for.</summary>
internal sealed class ReplicaSetController(
    ClusterClient client,
    Mirror<V1ReplicaSet> sets,
    Mirror<V1Pod> pods,
    EventRecorder events
)
{
    // Pods told to go that the mirror may still show as if nothing were.
    private readonly HashSet<string> doomed = new(StringComparer.Ordinal);

    /// <summary>The set that a pod belongs to, or that may want to adopt it.</summary>
    public V1ReplicaSet? OwnerOf(V1Pod pod) =>
        pod.Controller() is not null
            ? sets.OwnerOf(pod)
            : sets.Items.FirstOrDefault(set =>
                set.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty && IsSelected(set, pod)
            );

    public async Task<TimeSpan?> ReconcileAsync(V1ReplicaSet set, CancellationToken cancel)
    {
        var mine = await ClaimAsync(set, cancel);
        var alive = mine.Where(pod => !IsOver(pod) && !doomed.Contains(pod.Metadata.Uid)).ToList();
        string? failure = null;
        if (set.Metadata.DeletionTimestamp is null)
        {
            failure = await ScaleAsync(set, alive, cancel);
        }
        var status = StatusOf(set, mine.Where(pod => !IsOver(pod)).ToList(), failure, out var next);
        await WriteAsync(set, status, cancel);
        return failure is null ? next : TimeSpan.FromSeconds(1);
    }

    private static bool IsOver(V1Pod pod) =>
        pod.Metadata.DeletionTimestamp is not null || pod.Status?.Phase is "Succeeded" or "Failed";

    private static bool IsSelected(V1ReplicaSet set, V1Pod pod) => set.Spec.Selector.Matches(pod.Metadata.Labels);

    /// <summary>The set's pods; orphans that it selects become its own, pods that it selects no more are let go.</summary>
    private async Task<List<V1Pod>> ClaimAsync(V1ReplicaSet set, CancellationToken cancel)
    {
        var mine = new List<V1Pod>();
        doomed.IntersectWith(pods.Items.Select(pod => pod.Metadata.Uid).ToHashSet());
        foreach (var pod in pods.Items.Where(p => p.Metadata.NamespaceProperty == set.Metadata.NamespaceProperty))
        {
            var owned = pod.IsControlledBy(set);
            if (owned && IsSelected(set, pod))
            {
                mine.Add(pod);
            }
            else if (owned && pod.Metadata.DeletionTimestamp is null)
            {
                var gone = new JsonObject { ["$patch"] = "delete", ["uid"] = set.Metadata.Uid };
                await PatchOwnersAsync(pod, gone, cancel);
            }
            else if (
                pod.Controller() is null
                && IsSelected(set, pod)
                && !IsOver(pod)
                && set.Metadata.DeletionTimestamp is null
            )
            {
                var owner = KubernetesJson.Serialize(Ownership.Reference(set, "ReplicaSet"));
                mine.Add(await PatchOwnersAsync(pod, JsonNode.Parse(owner), cancel));
            }
        }
        return mine;
    }

    private Task<V1Pod> PatchOwnersAsync(V1Pod pod, JsonNode? owner, CancellationToken cancel)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid, ["ownerReferences"] = new JsonArray(owner) },
        };
        return client.PatchAsync<V1Pod>(
            pod.Metadata.NamespaceProperty,
            pod.Metadata.Name,
            patch.ToJsonString(),
            null,
            cancel
        );
    }

    /// <returns>Why pods could not be made; null: all is as it should be.</returns>
    private async Task<string?> ScaleAsync(V1ReplicaSet set, List<V1Pod> alive, CancellationToken cancel)
    {
        var missing = (set.Spec.Replicas ?? 1) - alive.Count;
        if (missing < 0)
        {
            var going = Surplus(alive, -missing);
            await Task.WhenAll(going.Select(pod => DeleteAsync(set, pod, cancel)));
        }
        if (missing <= 0)
        {
            return null;
        }
        var made = await Task.WhenAll(Enumerable.Range(0, missing).Select(_ => CreateAsync(set, cancel)));
        foreach (var (pod, _) in made)
        {
            await pods.ReachesAsync(pod?.Metadata.ResourceVersion, cancel);
        }
        return made.Select(result => result.Failure).FirstOrDefault(failure => failure is not null);
    }

    /// <summary>Whom it hurts least: not placed, not ready, beside many others of the set, young.</summary>
    internal static IEnumerable<V1Pod> Surplus(List<V1Pod> alive, int count)
    {
        var onNode = alive.ToLookup(pod => pod.Spec.NodeName);
        return alive
            .OrderBy(pod => !string.IsNullOrEmpty(pod.Spec.NodeName))
            .ThenBy(Replicas.IsReady)
            .ThenByDescending(pod => onNode[pod.Spec.NodeName].Count())
            .ThenByDescending(pod => pod.Metadata.CreationTimestamp)
            .ThenBy(pod => pod.Metadata.Name, StringComparer.Ordinal)
            .Take(count);
    }

    private async Task DeleteAsync(V1ReplicaSet set, V1Pod pod, CancellationToken cancel)
    {
        await client.DeleteAsync<V1Pod>(
            pod.Metadata.NamespaceProperty,
            pod.Metadata.Name,
            pod.Metadata.Uid,
            null,
            cancel
        );
        lock (doomed) // deletions run together
        {
            doomed.Add(pod.Metadata.Uid);
        }
        events.Normal(set, "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
    }

    private async Task<(V1Pod? Made, string? Failure)> CreateAsync(V1ReplicaSet set, CancellationToken cancel)
    {
        var template = set.Spec.Template;
        var pod = new V1Pod
        {
            ApiVersion = "v1",
            Kind = "Pod",
            Metadata = new()
            {
                GenerateName = $"{set.Metadata.Name}-",
                NamespaceProperty = set.Metadata.NamespaceProperty,
                Labels = template.Metadata?.Labels,
                Annotations = template.Metadata?.Annotations,
                Finalizers = template.Metadata?.Finalizers,
                OwnerReferences = [Ownership.Reference(set, "ReplicaSet")],
            },
            Spec = template.Spec,
        };
        try
        {
            var made = await client.CreateAsync(pod, cancel);
            events.Normal(set, "SuccessfulCreate", $"Created pod: {made.Metadata.Name}");
            return (made, null);
        }
        catch (Exception broken) when (Transient.Is(broken))
        {
            events.Warning(set, "FailedCreate", $"Error creating: {broken.Message}");
            return (null, broken.Message);
        }
    }

    private V1ReplicaSetStatus StatusOf(V1ReplicaSet set, List<V1Pod> alive, string? failure, out TimeSpan? next)
    {
        var needed = TimeSpan.FromSeconds(set.Spec.MinReadySeconds ?? 0);
        var template = set.Spec.Template.Metadata?.Labels ?? new Dictionary<string, string>();
        next = Replicas.NextAvailable(alive, needed, client.Now);
        return new()
        {
            Replicas = alive.Count,
            FullyLabeledReplicas = alive.Count(pod =>
                template.All(label => pod.Metadata.Labels?.Contains(label) == true)
            ),
            ReadyReplicas = alive.Count(Replicas.IsReady),
            AvailableReplicas = alive.Count(pod => Replicas.IsAvailable(pod, needed, client.Now)),
            ObservedGeneration = set.Metadata.Generation,
            Conditions = failure is null
                ? null
                :
                [
                    new()
                    {
                        Type = "ReplicaFailure",
                        Status = "True",
                        Reason = "FailedCreate",
                        Message = failure,
                        LastTransitionTime = set.Status?.Conditions?.FirstOrDefault()?.LastTransitionTime ?? client.Now,
                    },
                ],
        };
    }

    private async Task WriteAsync(V1ReplicaSet set, V1ReplicaSetStatus status, CancellationToken cancel)
    {
        var old = set.Status;
        if (
            old is not null
            && old.Replicas == status.Replicas
            && (old.FullyLabeledReplicas ?? 0) == status.FullyLabeledReplicas
            && (old.ReadyReplicas ?? 0) == status.ReadyReplicas
            && (old.AvailableReplicas ?? 0) == status.AvailableReplicas
            && old.ObservedGeneration == status.ObservedGeneration
            && old.Conditions?.FirstOrDefault()?.Message == status.Conditions?.FirstOrDefault()?.Message
        )
        {
            return;
        }
        set = KubernetesJson.Deserialize<V1ReplicaSet>(KubernetesJson.Serialize(set)); // the mirror's is everybody's
        set.Status = status;
        var written = await client.UpdateAsync(set, "status", cancel);
        await sets.ReachesAsync(written.Metadata.ResourceVersion, cancel);
    }
}
