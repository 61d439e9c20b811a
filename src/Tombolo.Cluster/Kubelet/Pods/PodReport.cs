using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Kubelet;

/// <summary>
/// Writes one pod's status to the API server, on change only and beside the pod's own loop: a server that is away holds
/// nothing up.
/// </summary>
internal sealed partial class PodReport(PodServices services, string uid)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly WakeUp changed = new(services.Options.Time);
    private volatile Draft? wanted;
    private string? written;

    /// <param name="Delete">Afterwards the pod itself goes.</param>
    private sealed record Draft(V1Pod Pod, V1PodStatus Status, bool Delete);

    public void Put(V1Pod pod, V1PodStatus status)
    {
        wanted = new Draft(pod, status, Delete: false);
        changed.Call();
    }

    /// <summary>The last word: this status, then the deletion of the pod.</summary>
    public void PutLast(V1Pod pod, V1PodStatus status)
    {
        wanted = new Draft(pod, status, Delete: true);
        changed.Call();
    }

    /// <summary>Ends after the last word is said.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        TimeSpan? wait = null;
        while (true)
        {
            await changed.WaitAsync(wait, cancel);
            if (wanted is not { } draft)
            {
                continue;
            }
            try
            {
                await WriteAsync(draft, cancel);
                if (draft.Delete)
                {
                    var meta = draft.Pod.Metadata;
                    await services.Client.DeleteAsync<V1Pod>(meta.NamespaceProperty, meta.Name, uid, 0, cancel);
                    return;
                }
                wait = null;
            }
            catch (Exception broken) when (Transient.Is(broken))
            {
                LogNotWritten(
                    services.Log,
                    draft.Pod.Metadata.NamespaceProperty,
                    draft.Pod.Metadata.Name,
                    broken.Message
                );
                wait = Again;
            }
        }
    }

    private async Task WriteAsync(Draft draft, CancellationToken cancel)
    {
        var patch = PatchOf(draft.Status, uid);
        if (patch == written)
        {
            return;
        }
        var meta = draft.Pod.Metadata;
        try
        {
            await services.Client.PatchAsync<V1Pod>(meta.NamespaceProperty, meta.Name, patch, "status", cancel);
            written = patch;
        }
        catch (RefusedException refused) when (refused.IsNotFound || refused.IsConflict)
        {
            written = patch; // The pod is gone, or its name is another's: nobody to report on.
        }
    }

    /// <summary>A strategic merge patch. What it leaves out stays, so what is no more must be null in it.</summary>
    internal static string PatchOf(V1PodStatus status, string uid)
    {
        var body = (JsonObject)JsonNode.Parse(KubernetesJson.Serialize(status))!; // an object, since we serialized one
        foreach (var condition in (body["conditions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            condition.TryAdd("reason", null);
            condition.TryAdd("message", null);
        }
        body.TryAdd("podIP", null);
        foreach (var list in new[] { "podIPs", "hostIPs" })
        {
            var items = (body[list]?.DeepClone() as JsonArray) ?? [];
            items.Insert(0, new JsonObject { ["$patch"] = "replace" });
            body[list] = items;
        }
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = uid },
            ["status"] = body,
        }.ToJsonString();
    }

    [LoggerMessage(LogLevel.Warning, "pod {Namespace}/{Name}: status not written, again in a second: {Why}")]
    private static partial void LogNotWritten(ILogger log, string @namespace, string name, string why);
}
