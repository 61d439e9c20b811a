using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Controllers;

/// <summary>Notices nodes that are not heard of: Ready becomes Unknown; taints follow a node's condition, and go again.</summary>
/// <param name="grace">How old a node's Lease may become.</param>
internal sealed partial class NodeLifecycle(
    ClusterClient client,
    Mirror<V1Node> nodes,
    Mirror<V1Lease> leases,
    EventRecorder events,
    TimeSpan grace,
    ILogger log
)
{
    private const string LeaseNamespace = "kube-node-lease";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // When a lease was last seen to change, by our clock: the node's may be wrong.
    private readonly Dictionary<string, (DateTime? Renewed, DateTime Seen)> heard = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancel)
    {
        await Task.WhenAll(nodes.Synced, leases.Synced).WaitAsync(cancel);
        while (!cancel.IsCancellationRequested)
        {
            foreach (var node in nodes.Items)
            {
                try
                {
                    await LookAsync(node, cancel);
                }
                catch (Exception broken) when (Transient.Is(broken))
                {
                    LogFailed(log, node.Metadata.Name, broken.Message);
                }
            }
            await Task.Delay(LookEvery, client.Time, cancel);
        }
    }

    private async Task LookAsync(V1Node node, CancellationToken cancel)
    {
        var name = node.Metadata.Name;
        var renewed = leases.Find(LeaseNamespace, name)?.Spec?.RenewTime;
        if (!heard.TryGetValue(name, out var last) || last.Renewed != renewed)
        {
            heard[name] = last = (renewed, client.Now);
        }
        var ready = Ready(node)?.Status ?? "Unknown";
        if (client.Now - last.Seen > grace && ready != "Unknown" && await IsSilentAsync(name, renewed, cancel))
        {
            await SayUnknownAsync(node, cancel);
            ready = "Unknown";
        }
        await TaintAsync(node, ready, cancel);
    }

    private static V1NodeCondition? Ready(V1Node node) =>
        node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready");

    // The mirror may be behind, after a time without the API server: ask before judging.
    private async Task<bool> IsSilentAsync(string name, DateTime? renewed, CancellationToken cancel) =>
        (await client.FindAsync<V1Lease>(LeaseNamespace, name, cancel))?.Spec?.RenewTime == renewed;

    private async Task SayUnknownAsync(V1Node node, CancellationToken cancel)
    {
        var conditions = new JsonArray();
        foreach (var type in new[] { "MemoryPressure", "DiskPressure", "PIDPressure", "Ready" })
        {
            conditions.Add(
                new JsonObject
                {
                    ["type"] = type,
                    ["status"] = "Unknown",
                    ["reason"] = "NodeStatusUnknown",
                    ["message"] = "Kubelet stopped posting node status.",
                    ["lastTransitionTime"] = $"{client.Now:yyyy-MM-ddTHH:mm:ssZ}",
                }
            );
        }
        var patch = new JsonObject { ["status"] = new JsonObject { ["conditions"] = conditions } };
        var written = await client.PatchAsync<V1Node>(null, node.Metadata.Name, patch.ToJsonString(), "status", cancel);
        await nodes.ReachesAsync(written.Metadata.ResourceVersion, cancel);
        events.Normal(node, "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        LogSilent(log, node.Metadata.Name, grace.TotalSeconds);
    }

    private async Task TaintAsync(V1Node node, string ready, CancellationToken cancel)
    {
        var old = node.Spec?.Taints ?? [];
        var taints = NodeTaints.Of(old, ready, client.Now);
        if (taints.Count == old.Count && taints.All(old.Contains))
        {
            return;
        }
        var list = new JsonArray(); // taints do not merge: the list is replaced
        foreach (var taint in taints)
        {
            list.Add(JsonNode.Parse(KubernetesJson.Serialize(taint)));
        }
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = node.Metadata.ResourceVersion },
            ["spec"] = new JsonObject { ["taints"] = list },
        };
        var written = await client.PatchAsync<V1Node>(null, node.Metadata.Name, patch.ToJsonString(), null, cancel);
        await nodes.ReachesAsync(written.Metadata.ResourceVersion, cancel);
    }

    [LoggerMessage(LogLevel.Warning, "node {Name}: not heard of for {Seconds} s, Ready is Unknown")]
    private static partial void LogSilent(ILogger log, string name, double seconds);

    [LoggerMessage(LogLevel.Warning, "node {Name}: condition or taints not written, again in a second: {Why}")]
    private static partial void LogFailed(ILogger log, string name, string why);
}
