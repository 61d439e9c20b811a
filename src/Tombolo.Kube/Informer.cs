using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Kube;

/// <summary>What an informer runs as, whatever its kind.</summary>
public interface IInformer
{
    /// <summary>Done once the first complete list is in.</summary>
    Task Synced { get; }

    /// <summary>When the server last said anything: an event, a bookmark, a list.</summary>
    DateTimeOffset LastHeard { get; }

    Task RunAsync(CancellationToken cancel);
}

/// <summary>
/// A mirror of one collection by list and watch. Survives whatever the server does: retries with backoff and as
/// <c>Retry-After</c> says (429 on a young CRD), lists again after 410 Gone.
/// </summary>
public sealed partial class Informer<T>(KubeApi api, ILogger log, string? fieldSelector = null) : IInformer
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan WatchFor = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, T> objects = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Old and new form of one object; null means there is none. Called on the informer's loop, in order.</summary>
    public event Action<T?, T?>? Changed;

    public Task Synced => synced.Task;

    public DateTimeOffset LastHeard { get; private set; }

    public ICollection<T> Items => objects.Values;

    public T? Find(string? inNamespace, string name) => objects.GetValueOrDefault(KeyOf(inNamespace, name));

    public async Task RunAsync(CancellationToken cancel)
    {
        var backoff = Backoff.None;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var version = await ListAsync(cancel);
                synced.TrySetResult();
                while (true)
                {
                    version = await WatchAsync(version, cancel);
                    backoff = Backoff.None;
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (KubeException refused) when (refused.IsGone) { }
            catch (Exception broken)
                when (broken
                        is KubeException
                            or HttpRequestException
                            or IOException
                            or JsonException
                            or OperationCanceledException
                )
            {
                backoff = backoff.Next();
                var wait = (broken as KubeException)?.RetryAfter ?? backoff.Delay;
                LogRetry(log, KubeResource<T>.Kind, wait.TotalSeconds, broken.Message);
                await Task.Delay(wait, api.Time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancel)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var selector = fieldSelector is null ? "" : $"&fieldSelector={Uri.EscapeDataString(fieldSelector)}";
        string? next = null;
        while (true)
        {
            var more = next is null ? "" : $"&continue={Uri.EscapeDataString(next)}";
            var page = await api.ListAsync<T>(null, $"?limit=500{selector}{more}", cancel);
            LastHeard = api.Time.GetUtcNow();
            foreach (var item in page.Items)
            {
                seen.Add(KeyOf(item));
                Put(item);
            }
            next = page.Metadata.ContinueProperty;
            if (string.IsNullOrEmpty(next))
            {
                foreach (var gone in objects.Keys.Where(key => !seen.Contains(key)).ToList())
                {
                    Remove(gone);
                }
                return page.Metadata.ResourceVersion;
            }
        }
    }

    private async Task<string> WatchAsync(string version, CancellationToken cancel)
    {
        var selector = fieldSelector is null ? "" : $"&fieldSelector={Uri.EscapeDataString(fieldSelector)}";
        var query =
            $"?watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchFor.TotalSeconds:0}&resourceVersion={version}{selector}";
        // The server ends the watch in time; a connection that died silently must not keep us for ever.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(WatchFor + TimeSpan.FromSeconds(30));
        await foreach (var line in api.WatchAsync<T>(null, query, deadline.Token))
        {
            LastHeard = api.Time.GetUtcNow();
            if (line.Type == "ERROR")
            {
                throw ErrorOf(line.Object);
            }
            version = line.Object.GetProperty("metadata").GetProperty("resourceVersion").GetString() ?? version;
            if (line.Type == "BOOKMARK")
            {
                continue; // an object of the kind by name alone: it has a version and nothing else
            }
            var item = KubernetesJson.Deserialize<T>(line.Object);
            switch (line.Type)
            {
                case "ADDED" or "MODIFIED":
                    Put(item);
                    break;
                case "DELETED":
                    Remove(KeyOf(item));
                    break;
            }
        }
        return version;
    }

    private static KubeException ErrorOf(JsonElement status)
    {
        var code = status.TryGetProperty("code", out var number) ? number.GetInt32() : 500;
        var message = status.TryGetProperty("message", out var text) ? text.GetString() : null;
        return new KubeException((HttpStatusCode)code, "Watch", $"watch of {KubeResource<T>.Kind}: {message}");
    }

    private void Put(T item)
    {
        var key = KeyOf(item);
        objects.TryGetValue(key, out var old);
        if (old?.Metadata.ResourceVersion == item.Metadata.ResourceVersion && old is not null)
        {
            return;
        }
        objects[key] = item;
        Changed?.Invoke(old, item);
    }

    private void Remove(string key)
    {
        if (objects.TryRemove(key, out var old))
        {
            Changed?.Invoke(old, null);
        }
    }

    private static string KeyOf(T item) => KeyOf(item.Metadata.NamespaceProperty, item.Metadata.Name);

    private static string KeyOf(string? inNamespace, string name) => $"{inNamespace}/{name}";

    [LoggerMessage(LogLevel.Warning, "{Kind}: list and watch broke, again in {Seconds} s: {Why}")]
    private static partial void LogRetry(ILogger log, string kind, double seconds, string why);
}
