using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Scheduler;

/// <summary>
/// Looks at all pods that wait, whenever a pod or a node has changed: places them one after the other, oldest first, and
/// binds them together.
/// </summary>
internal sealed partial class SchedulingLoop(
    ClusterClient client,
    Mirror<V1Pod> pods,
    Mirror<V1Node> nodes,
    EventRecorder events,
    ILogger log
)
{
    public const string Name = "default-scheduler";
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    // News come in crowds: a look takes all of them.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(10);

    private readonly WakeUp news = new(client.Time);
    private readonly Dictionary<string, string> placed = new(StringComparer.Ordinal); // uid → node, until the mirror says it
    private readonly Dictionary<string, string> told = new(StringComparer.Ordinal); // uid → why it waits

    public async Task RunAsync(CancellationToken cancel)
    {
        pods.Changed += (_, _) => news.Call();
        nodes.Changed += (_, _) => news.Call();
        await Task.WhenAll(pods.Synced, nodes.Synced).WaitAsync(cancel);
        while (!cancel.IsCancellationRequested)
        {
            var failed = await LookAsync(cancel);
            await news.WaitAsync(failed ? Again : null, cancel);
            await Task.Delay(Settle, client.Time, cancel);
        }
    }

    /// <returns>Whether something is to be tried again.</returns>
    private async Task<bool> LookAsync(CancellationToken cancel)
    {
        var all = pods.Items;
        Forget(all);
        var waiting = all.Where(Waits).OrderBy(pod => pod.Metadata.CreationTimestamp).ToList();
        if (waiting.Count == 0)
        {
            return false;
        }
        var views = Views(all);
        var binds = new List<(string Uid, Task<bool> Bound)>();
        foreach (var pod in waiting)
        {
            var decision = Placement.Decide(pod, views);
            if (decision.Node is not { } node)
            {
                await TellAsync(pod, decision.Message, cancel);
                continue;
            }
            views.First(view => view.Name == node).Add(pod);
            placed[pod.Metadata.Uid] = node;
            binds.Add((pod.Metadata.Uid, BindAsync(pod, node, cancel)));
        }
        var again = false;
        foreach (var (uid, bound) in binds)
        {
            if (!await bound)
            {
                placed.Remove(uid);
                again = true;
            }
        }
        return again;
    }

    private bool Waits(V1Pod pod) =>
        string.IsNullOrEmpty(pod.Spec.NodeName)
        && pod.Metadata.DeletionTimestamp is null
        && (pod.Spec.SchedulerName ?? Name) == Name
        && pod.Spec.SchedulingGates is null or { Count: 0 }
        && !placed.ContainsKey(pod.Metadata.Uid);

    private List<NodeView> Views(ICollection<V1Pod> all)
    {
        var byNode = all.Where(pod => pod.Status?.Phase is not ("Succeeded" or "Failed"))
            .Select(pod => (Pod: pod, Node: pod.Spec.NodeName ?? placed.GetValueOrDefault(pod.Metadata.Uid)))
            .Where(entry => !string.IsNullOrEmpty(entry.Node))
            .ToLookup(entry => entry.Node, entry => entry.Pod);
        return [.. nodes.Items.Select(node => new NodeView(node, byNode[node.Metadata.Name]))];
    }

    private void Forget(ICollection<V1Pod> all)
    {
        var waiting = all.Where(pod => string.IsNullOrEmpty(pod.Spec.NodeName))
            .Select(pod => pod.Metadata.Uid)
            .ToHashSet();
        foreach (var uid in placed.Keys.Concat(told.Keys).Where(uid => !waiting.Contains(uid)).ToList())
        {
            placed.Remove(uid);
            told.Remove(uid);
        }
    }

    private async Task<bool> BindAsync(V1Pod pod, string node, CancellationToken cancel)
    {
        var (inNamespace, name) = (pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        var binding = new V1Binding
        {
            ApiVersion = "v1",
            Kind = "Binding",
            Metadata = new()
            {
                Name = name,
                NamespaceProperty = inNamespace,
                Uid = pod.Metadata.Uid,
            },
            Target = new()
            {
                ApiVersion = "v1",
                Kind = "Node",
                Name = node,
            },
        };
        try
        {
            await client.PostAsync<V1Pod>(inNamespace, name, "binding", binding, cancel);
            events.Normal(pod, "Scheduled", $"Successfully assigned {inNamespace}/{name} to {node}");
            return true;
        }
        catch (Exception broken) when (Transient.Is(broken))
        {
            LogNotBound(log, inNamespace, name, node, broken.Message);
            return false;
        }
    }

    private async Task TellAsync(V1Pod pod, string why, CancellationToken cancel)
    {
        if (told.GetValueOrDefault(pod.Metadata.Uid) == why)
        {
            return;
        }
        told[pod.Metadata.Uid] = why;
        events.Warning(pod, "FailedScheduling", why);
        var condition = new V1PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            Reason = "Unschedulable",
            Message = why,
            LastTransitionTime = client.Now,
        };
        var patch = KubernetesJson.Serialize(new { status = new { conditions = new[] { condition } } });
        try
        {
            await client.PatchAsync<V1Pod>(pod.Metadata.NamespaceProperty, pod.Metadata.Name, patch, "status", cancel);
        }
        catch (Exception broken) when (Transient.Is(broken))
        {
            // The event says it too; the next change of its reason writes it anew.
        }
    }

    [LoggerMessage(LogLevel.Warning, "pod {Namespace}/{Name}: not bound to {Node}, again in a second: {Why}")]
    private static partial void LogNotBound(ILogger log, string @namespace, string name, string node, string why);
}
