using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.Client;

/// <summary>Events on objects. The same words on the same object are one Event whose count grows.</summary>
/// <param name="host">The node that the component runs on; null: none.</param>
public sealed partial class EventRecorder(ClusterClient client, string component, string? host, ILogger log)
{
    private const int Remembered = 4096;
    private readonly ConcurrentDictionary<(string Uid, string Reason, string Message), string> written = new();

    /// <param name="type">Normal or Warning.</param>
    public async Task RecordAsync(
        IKubernetesObject<V1ObjectMeta> on,
        string type,
        string reason,
        string message,
        CancellationToken cancel
    )
    {
        ArgumentNullException.ThrowIfNull(on);
        var key = (on.Metadata.Uid ?? "", reason, message);
        var inNamespace = on.Metadata.NamespaceProperty ?? "default";
        try
        {
            if (
                written.TryGetValue(key, out var name)
                && await client.FindAsync<Corev1Event>(inNamespace, name, cancel) is { } known
            )
            {
                var patch = $$"""{"count":{{(known.Count ?? 1) + 1}},"lastTimestamp":"{{client.Now:yyyy-MM-ddTHH:mm:ssZ}}"}""";
                await client.PatchAsync<Corev1Event>(inNamespace, name, patch, null, cancel);
                return;
            }
            if (written.Count > Remembered)
            {
                written.Clear();
            }
            var made = await client.CreateAsync(NewEvent(on, inNamespace, type, reason, message), cancel);
            written[key] = made.Metadata.Name;
        }
        catch (Exception broken) when (Transient.Is(broken))
        {
            // An event is a courtesy: what it speaks of stands in the object's status too.
            LogLost(log, reason, on.Metadata.Name, broken.Message);
        }
    }

    private Corev1Event NewEvent(
        IKubernetesObject<V1ObjectMeta> on,
        string inNamespace,
        string type,
        string reason,
        string message
    )
    {
        var now = client.Now;
        return new()
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new()
            {
                Name = $"{on.Metadata.Name}.{Guid.NewGuid().ToString("N")[..16]}",
                NamespaceProperty = inNamespace,
            },
            InvolvedObject = KindOf(on, inNamespace),
            Type = type,
            Reason = reason,
            Message = message,
            Source = new() { Component = component, Host = host },
            ReportingComponent = component,
            ReportingInstance = host ?? component,
            Count = 1,
            FirstTimestamp = now,
            LastTimestamp = now,
        };
    }

    // Objects from a list carry no kind of their own: their type does.
    private static V1ObjectReference KindOf(IKubernetesObject<V1ObjectMeta> on, string inNamespace)
    {
        var entity = (KubernetesEntityAttribute)on.GetType().GetCustomAttributes(typeof(KubernetesEntityAttribute), false)[0];
        return new()
        {
            ApiVersion = string.IsNullOrEmpty(entity.Group) ? entity.ApiVersion : $"{entity.Group}/{entity.ApiVersion}",
            Kind = entity.Kind,
            Name = on.Metadata.Name,
            NamespaceProperty = on.Metadata.NamespaceProperty is null ? null : inNamespace,
            Uid = on.Metadata.Uid,
            ResourceVersion = on.Metadata.ResourceVersion,
        };
    }

    [LoggerMessage(LogLevel.Warning, "event {Reason} on {Name} lost: {Why}")]
    private static partial void LogLost(ILogger log, string reason, string name, string why);
}
