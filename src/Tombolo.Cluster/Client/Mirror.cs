using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.Client;

/// <summary>A copy of one collection, kept by list and watch: retries with backoff, lists again after 410 Gone.</summary>
/// <param name="fieldSelector">Only what it selects; null: all.</param>
public sealed partial class Mirror<T>(ClusterClient client, ILogger log, string? fieldSelector = null)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private const int WatchSeconds = 300;

    private readonly ConcurrentDictionary<string, T> objects = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string selector = fieldSelector is null
        ? ""
        : $"&fieldSelector={Uri.EscapeDataString(fieldSelector)}";

    /// <summary>Old and new form of one object; null means there is none. Called on the mirror's loop, in order.</summary>
    public event Action<T?, T?>? Changed;

    private readonly Lock gate = new(); // guards the two below, held for no more than them
    private readonly List<(long Version, TaskCompletionSource Reached)> waiters = [];
    private long version;

    /// <summary>Done once the first complete list is in.</summary>
    public Task Synced => synced.Task;

    public ICollection<T> Items => objects.Values;

    public T? Find(string? inNamespace, string name) => objects.GetValueOrDefault($"{inNamespace}/{name}");

    /// <summary>
    /// Waits until the mirror shows a write of this resourceVersion, so that its writer does not decide on what was before.
    /// After five seconds it gives up: the list of a broken watch will show it.
    /// </summary>
    public async Task ReachesAsync(string? resourceVersion, CancellationToken cancel)
    {
        if (!long.TryParse(resourceVersion, out var wanted))
        {
            return;
        }
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (version >= wanted)
            {
                return;
            }
            waiters.Add((wanted, reached));
        }
        var limit = Task.Delay(TimeSpan.FromSeconds(5), client.Time, cancel);
        await await Task.WhenAny(reached.Task, limit);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        var backoff = Backoff.Of(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var seen = await ListAsync(cancel);
                synced.TrySetResult();
                while (true)
                {
                    seen = await WatchAsync(seen, cancel);
                    backoff = backoff.Reset();
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (RefusedException refused) when (refused.IsGone)
            {
                // Too far behind to watch on: list again at once.
            }
            catch (Exception broken) when (Transient.Is(broken) || broken is OperationCanceledException)
            {
                backoff = backoff.Next();
                var wait = (broken as RefusedException)?.RetryAfter ?? backoff.Delay;
                LogRetry(log, ResourcePath<T>.Kind, wait.TotalSeconds, broken.Message);
                await Task.Delay(wait, client.Time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancel)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? next = null;
        while (true)
        {
            var more = string.IsNullOrEmpty(next) ? "" : $"&continue={Uri.EscapeDataString(next)}";
            var page = await client.ListAsync<T>($"?limit=500{selector}{more}", cancel);
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
                Reach(page.Metadata.ResourceVersion);
                return page.Metadata.ResourceVersion;
            }
        }
    }

    private async Task<string> WatchAsync(string since, CancellationToken cancel)
    {
        var query =
            $"?watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}&resourceVersion={since}{selector}";
        // The server ends the watch in time; a connection that died silently must not keep us for ever.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(WatchSeconds + 30));
        await foreach (var line in client.WatchAsync<T>(query, deadline.Token))
        {
            if (line.Type == "ERROR")
            {
                throw ErrorOf(line.Object);
            }
            var item = KubernetesJson.Deserialize<T>(line.Object);
            since = item.Metadata.ResourceVersion;
            switch (line.Type)
            {
                case "ADDED" or "MODIFIED":
                    Put(item);
                    break;
                case "DELETED":
                    Remove(KeyOf(item));
                    break;
            }
            Reach(since);
        }
        return since;
    }

    private void Reach(string resourceVersion)
    {
        if (!long.TryParse(resourceVersion, out var reached))
        {
            return;
        }
        lock (gate)
        {
            version = Math.Max(version, reached);
            foreach (var (_, waiter) in waiters.Where(each => each.Version <= reached))
            {
                waiter.TrySetResult();
            }
            waiters.RemoveAll(waiter => waiter.Version <= reached);
        }
    }

    private static RefusedException ErrorOf(JsonElement status)
    {
        var code = status.TryGetProperty("code", out var number) ? number.GetInt32() : 500;
        var message = status.TryGetProperty("message", out var text) ? text.GetString() : null;
        return new RefusedException((HttpStatusCode)code, "Watch", $"watch of {ResourcePath<T>.Kind}: {message}");
    }

    private void Put(T item)
    {
        var key = KeyOf(item);
        objects.TryGetValue(key, out var old);
        if (old is not null && old.Metadata.ResourceVersion == item.Metadata.ResourceVersion)
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

    private static string KeyOf(T item) => $"{item.Metadata.NamespaceProperty}/{item.Metadata.Name}";

    [LoggerMessage(LogLevel.Warning, "{Kind}: list and watch broke, again in {Seconds} s: {Why}")]
    private static partial void LogRetry(ILogger log, string kind, double seconds, string why);
}
