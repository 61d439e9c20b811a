using System.Collections.Concurrent;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.Client;

/// <summary>
/// Events on objects. The same words on the same object are one Event whose count grows. Recording never waits: a loop of
/// its own writes them, and what comes while 1024 wait is dropped.
/// </summary>
/// <param name="host">The node that the component runs on; null: none.</param>
public sealed partial class EventRecorder(ClusterClient client, string component, string? host, ILogger log)
{
    private const int Remembered = 4096;
    private readonly Channel<Recorded> waiting = Channel.CreateBounded<Recorded>(
        new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly ConcurrentDictionary<(string Uid, string Reason, string Message), string> written = new();

    private sealed record Recorded(IKubernetesObject<V1ObjectMeta> On, string Type, string Reason, string Message);

    public void Normal(IKubernetesObject<V1ObjectMeta> on, string reason, string message) =>
        waiting.Writer.TryWrite(new Recorded(on, "Normal", reason, message));

    public void Warning(IKubernetesObject<V1ObjectMeta> on, string reason, string message) =>
        waiting.Writer.TryWrite(new Recorded(on, "Warning", reason, message));

    public async Task RunAsync(CancellationToken cancel)
    {
        await foreach (var (on, type, reason, message) in waiting.Reader.ReadAllAsync(cancel))
        {
            await WriteAsync(on, type, reason, message, cancel);
        }
    }

    private async Task WriteAsync(
        IKubernetesObject<V1ObjectMeta> on,
        string type,
        string reason,
        string message,
        CancellationToken cancel
    )
    {
        var key = (on.Metadata.Uid ?? "", reason, message);
        var inNamespace = on.Metadata.NamespaceProperty ?? "default";
        try
        {
            if (
                written.TryGetValue(key, out var name)
                && await client.FindAsync<Corev1Event>(inNamespace, name, cancel) is { } known
            )
            {
                var patch =
                    $$"""{"count":{{(known.Count ?? 1) + 1}},"lastTimestamp":"{{client.Now:yyyy-MM-ddTHH:mm:ssZ}}"}""";
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
        var entity = (KubernetesEntityAttribute)
            on.GetType().GetCustomAttributes(typeof(KubernetesEntityAttribute), false)[0];
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
