using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Controllers;

/// <summary>Replaces the pods of a Deployment step by step, a ReplicaSet for each template.</summary>
internal sealed class DeploymentController(
    ClusterClient client,
    Mirror<V1ReplicaSet> sets,
    Mirror<V1Pod> pods,
    EventRecorder events
)
{
    private const string Revision = "deployment.kubernetes.io/revision";

    public async Task<TimeSpan?> ReconcileAsync(V1Deployment deployment, CancellationToken cancel)
    {
        var mine = sets
            .Items.Where(set => set.IsControlledBy(deployment))
            .OrderBy(set => set.Metadata.CreationTimestamp)
            .ToList();
        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            return await WriteStatusAsync(deployment, Newest(deployment, mine), mine, cancel);
        }
        var newest = Newest(deployment, mine);
        if (newest is null && deployment.Spec.Paused != true)
        {
            newest = await CreateSetAsync(deployment, mine, cancel);
            if (newest is null)
            {
                return TimeSpan.Zero; // the name was taken: with the collision counted, another one
            }
            mine.Add(newest);
        }
        var revision = newest is null ? null : await NumberAsync(deployment, newest, mine, cancel);
        var plan = RolloutPlan.Of(
            deployment,
            newest is null ? null : SizeOf(newest),
            [.. mine.Where(set => set != newest).Select(SizeOf)]
        );
        foreach (var set in mine.ToList())
        {
            if (plan.TryGetValue(set.Metadata.Name, out var replicas))
            {
                mine[mine.IndexOf(set)] = await ScaleAsync(deployment, set, replicas, cancel);
            }
        }
        await ForgetAsync(deployment, newest, mine, cancel);
        newest = mine.Find(set => set.Metadata.Uid == newest?.Metadata.Uid);
        await AnnotateAsync(deployment, revision, cancel);
        return await WriteStatusAsync(deployment, newest, mine, cancel);
    }

    private static V1ReplicaSet? Newest(V1Deployment deployment, List<V1ReplicaSet> mine) =>
        mine.Find(set => PodTemplate.AreSame(set.Spec.Template, deployment.Spec.Template));

    // What the set says of itself is as old as its status; the pods are counted anew.
    private SetSize SizeOf(V1ReplicaSet set) =>
        new(
            set.Metadata.Name,
            set.Spec.Replicas ?? 1,
            pods.Items.Count(pod => pod.IsControlledBy(set) && pod.Status?.Phase is not ("Succeeded" or "Failed")),
            set.Status?.AvailableReplicas ?? 0
        );

    /// <returns>Null: the name belongs to another template; the collision is counted in the Deployment's status.</returns>
    private async Task<V1ReplicaSet?> CreateSetAsync(
        V1Deployment deployment,
        List<V1ReplicaSet> mine,
        CancellationToken cancel
    )
    {
        var collisions = deployment.Status?.CollisionCount ?? 0;
        var hash = PodTemplate.Hash(deployment.Spec.Template, collisions);
        var set = NewSet(deployment, hash, 1 + mine.Select(RevisionOf).DefaultIfEmpty(0).Max());
        try
        {
            var made = await client.CreateAsync(set, cancel);
            await sets.ReachesAsync(made.Metadata.ResourceVersion, cancel);
            return made;
        }
        catch (RefusedException refused) when (refused.AlreadyExists)
        {
            var patch = $$"""{"status":{"collisionCount":{{collisions + 1}} } }""";
            var meta = deployment.Metadata;
            await client.PatchAsync<V1Deployment>(meta.NamespaceProperty, meta.Name, patch, "status", cancel);
            return null;
        }
    }

    private static V1ReplicaSet NewSet(V1Deployment deployment, string hash, long revision)
    {
        var template = KubernetesJson.Deserialize<V1PodTemplateSpec>(
            KubernetesJson.Serialize(deployment.Spec.Template)
        );
        template.Metadata ??= new();
        template.Metadata.Labels = With(template.Metadata.Labels);
        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "ReplicaSet",
            Metadata = new()
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                NamespaceProperty = deployment.Metadata.NamespaceProperty,
                Labels = template.Metadata.Labels,
                Annotations = new Dictionary<string, string> { [Revision] = revision.ToString() },
                OwnerReferences = [Ownership.Reference(deployment, "Deployment")],
            },
            Spec = new()
            {
                Replicas = 0,
                MinReadySeconds = deployment.Spec.MinReadySeconds,
                Selector = new()
                {
                    MatchLabels = With(deployment.Spec.Selector.MatchLabels),
                    MatchExpressions = deployment.Spec.Selector.MatchExpressions,
                },
                Template = template,
            },
        };

        Dictionary<string, string> With(IDictionary<string, string>? labels) =>
            new(labels ?? new Dictionary<string, string>()) { [PodTemplate.HashLabel] = hash };
    }

    private static long RevisionOf(V1ReplicaSet set) =>
        set.Metadata.Annotations?.TryGetValue(Revision, out var text) == true && long.TryParse(text, out var number)
            ? number
            : 0;

    /// <summary>The newest set has the highest revision; one that was rolled back to gets a new one.</summary>
    private async Task<string> NumberAsync(
        V1Deployment deployment,
        V1ReplicaSet newest,
        List<V1ReplicaSet> mine,
        CancellationToken cancel
    )
    {
        var highest = mine.Where(set => set != newest).Select(RevisionOf).DefaultIfEmpty(0).Max();
        var revision = Math.Max(RevisionOf(newest), highest + 1);
        if (RevisionOf(newest) != revision)
        {
            var patch = $$$"""{"metadata":{"annotations":{"{{{Revision}}}":"{{{revision}}}"} } }""";
            var written = await client.PatchAsync<V1ReplicaSet>(
                deployment.Metadata.NamespaceProperty,
                newest.Metadata.Name,
                patch,
                null,
                cancel
            );
            await sets.ReachesAsync(written.Metadata.ResourceVersion, cancel);
        }
        return revision.ToString();
    }

    private async Task AnnotateAsync(V1Deployment deployment, string? revision, CancellationToken cancel)
    {
        var meta = deployment.Metadata;
        if (revision is null || (meta.Annotations?.TryGetValue(Revision, out var has) == true && has == revision))
        {
            return;
        }
        var patch = $$$"""{"metadata":{"annotations":{"{{{Revision}}}":"{{{revision}}}"} } }""";
        await client.PatchAsync<V1Deployment>(meta.NamespaceProperty, meta.Name, patch, null, cancel);
    }

    private async Task<V1ReplicaSet> ScaleAsync(
        V1Deployment deployment,
        V1ReplicaSet set,
        int replicas,
        CancellationToken cancel
    )
    {
        var before = set.Spec.Replicas ?? 1;
        var written = await client.PatchAsync<V1ReplicaSet>(
            set.Metadata.NamespaceProperty,
            set.Metadata.Name,
            $$$"""{"spec":{"replicas":{{{replicas}}} } }""",
            null,
            cancel
        );
        await sets.ReachesAsync(written.Metadata.ResourceVersion, cancel);
        events.Normal(
            deployment,
            "ScalingReplicaSet",
            $"Scaled {(replicas > before ? "up" : "down")} replica set {set.Metadata.Name} from {before} to {replicas}"
        );
        return written;
    }

    /// <summary>Empty sets beyond the history that is to be kept go.</summary>
    private async Task ForgetAsync(
        V1Deployment deployment,
        V1ReplicaSet? newest,
        List<V1ReplicaSet> mine,
        CancellationToken cancel
    )
    {
        var empty = mine.Where(set =>
                set.Metadata.Uid != newest?.Metadata.Uid
                && (set.Spec.Replicas ?? 1) == 0
                && set.Status?.Replicas is 0 or null
            )
            .OrderByDescending(RevisionOf)
            .Skip(deployment.Spec.RevisionHistoryLimit ?? 10)
            .ToList();
        foreach (var set in empty)
        {
            var meta = set.Metadata;
            await client.DeleteAsync<V1ReplicaSet>(meta.NamespaceProperty, meta.Name, meta.Uid, null, cancel);
            mine.Remove(set);
        }
    }

    private async Task<TimeSpan?> WriteStatusAsync(
        V1Deployment deployment,
        V1ReplicaSet? newest,
        List<V1ReplicaSet> mine,
        CancellationToken cancel
    )
    {
        var status = DeploymentStatus.Of(deployment, newest, mine, client.Now, out var next);
        if (DeploymentStatus.SaysTheSame(deployment.Status, status))
        {
            return next;
        }
        var body = (JsonObject)JsonNode.Parse(KubernetesJson.Serialize(status))!; // an object, since we serialized one
        var patch = new JsonObject { ["status"] = body }.ToJsonString();
        var meta = deployment.Metadata;
        await client.PatchAsync<V1Deployment>(meta.NamespaceProperty, meta.Name, patch, "status", cancel);
        return next;
    }
}
