using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Controllers;

/// <summary>Deletes pods that do not tolerate what their node has become, and pods whose node is no more.</summary>
internal sealed partial class Evictions(
    ClusterClient client,
    Mirror<V1Node> nodes,
    Mirror<V1Pod> pods,
    EventRecorder events,
    ILogger log
)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // A node may come after its pods, or come back: Kubernetes' pod garbage collector waits as long.
    private static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(40);

    private readonly Dictionary<string, DateTime> missed = new(StringComparer.Ordinal); // node → since when it is not there

    public async Task RunAsync(CancellationToken cancel)
    {
        await Task.WhenAll(nodes.Synced, pods.Synced).WaitAsync(cancel);
        while (!cancel.IsCancellationRequested)
        {
            foreach (var pod in pods.Items.Where(pod => !string.IsNullOrEmpty(pod.Spec.NodeName)))
            {
                try
                {
                    await LookAsync(pod, cancel);
                }
                catch (Exception broken) when (Transient.Is(broken))
                {
                    LogFailed(log, pod.Metadata.NamespaceProperty, pod.Metadata.Name, broken.Message);
                }
            }
            await Task.Delay(LookEvery, client.Time, cancel);
        }
    }

    private async Task LookAsync(V1Pod pod, CancellationToken cancel)
    {
        var meta = pod.Metadata;
        if (nodes.Find(null, pod.Spec.NodeName) is not { } node)
        {
            // Nobody will ever end it in order. The mirror of nodes may be behind that of pods: ask.
            missed.TryAdd(pod.Spec.NodeName, client.Now);
            if (client.Now - missed[pod.Spec.NodeName] < Quarantine)
            {
                return;
            }
            if (await client.FindAsync<V1Node>(null, pod.Spec.NodeName, cancel) is null)
            {
                await client.DeleteAsync<V1Pod>(meta.NamespaceProperty, meta.Name, meta.Uid, 0, cancel);
            }
            return;
        }
        missed.Remove(node.Metadata.Name);
        if (meta.DeletionTimestamp is null && Toleration.EndsAt(pod, node) <= client.Now)
        {
            events.Normal(
                pod,
                "TaintManagerEviction",
                $"Marking for deletion Pod {meta.NamespaceProperty}/{meta.Name}"
            );
            await client.DeleteAsync<V1Pod>(meta.NamespaceProperty, meta.Name, meta.Uid, null, cancel);
        }
    }

    [LoggerMessage(LogLevel.Warning, "pod {Namespace}/{Name}: not evicted, again in a second: {Why}")]
    private static partial void LogFailed(ILogger log, string @namespace, string name, string why);
}
