using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Kube;

/// <summary>Events on users' objects. The same words on the same object are one Event whose count grows.</summary>
public sealed partial class EventRecorder(KubeApi api, string component, ILogger log)
{
    private const int Remembered = 4096;
    private readonly ConcurrentDictionary<(string Uid, string Reason, string Message), string> written = new();

    public Task WarningAsync(
        IKubernetesObject<V1ObjectMeta> on,
        string reason,
        string message,
        CancellationToken cancel
    ) => RecordAsync(on, "Warning", reason, message, cancel);

    public Task NormalAsync(
        IKubernetesObject<V1ObjectMeta> on,
        string reason,
        string message,
        CancellationToken cancel
    ) => RecordAsync(on, "Normal", reason, message, cancel);

    private async Task RecordAsync(
        IKubernetesObject<V1ObjectMeta> on,
        string type,
        string reason,
        string message,
        CancellationToken cancel
    )
    {
        var key = (on.Metadata.Uid ?? "", reason, message);
        var inNamespace = on.Metadata.NamespaceProperty ?? "default";
        var now = api.Time.GetUtcNow().UtcDateTime;
        try
        {
            if (
                written.TryGetValue(key, out var name)
                && await api.FindAsync<Corev1Event>(inNamespace, name, cancel) is { } known
            )
            {
                var patch = $$"""{"count":{{(known.Count ?? 1) + 1}},"lastTimestamp":"{{now:yyyy-MM-ddTHH:mm:ssZ}}"}""";
                await api.PatchAsync<Corev1Event>(inNamespace, name, patch, null, cancel);
                return;
            }
            if (written.Count > Remembered)
            {
                written.Clear();
            }
            var made = await api.CreateAsync(NewEvent(on, inNamespace, type, reason, message, now), cancel);
            written[key] = made.Metadata.Name;
        }
        catch (Exception broken) when (broken is KubeException or HttpRequestException)
        {
            // An event is a courtesy: what it speaks of stands in a condition too.
            LogLost(log, reason, on.Metadata.Name, broken.Message);
        }
    }

    private Corev1Event NewEvent(
        IKubernetesObject<V1ObjectMeta> on,
        string inNamespace,
        string type,
        string reason,
        string message,
        DateTime now
    ) =>
        new()
        {
            ApiVersion = "v1",
            Kind = "Event",
            Metadata = new() { GenerateName = on.Metadata.Name + ".", NamespaceProperty = inNamespace },
            InvolvedObject = new()
            {
                ApiVersion = on.ApiVersion,
                Kind = on.Kind,
                Name = on.Metadata.Name,
                NamespaceProperty = on.Metadata.NamespaceProperty,
                Uid = on.Metadata.Uid,
            },
            Type = type,
            Reason = reason,
            Message = message,
            Source = new() { Component = component },
            ReportingComponent = component,
            ReportingInstance = component,
            Count = 1,
            FirstTimestamp = now,
            LastTimestamp = now,
        };

    [LoggerMessage(LogLevel.Warning, "event {Reason} on {Name} lost: {Why}")]
    private static partial void LogLost(ILogger log, string reason, string name, string why);
}
