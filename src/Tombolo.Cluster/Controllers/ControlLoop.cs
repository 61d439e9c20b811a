using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Controllers;

/// <summary>Looks at each object of a kind when it or something of its has changed: one object at a time, from level.</summary>
/// <param name="reconcile">Makes what is into what is wanted; doing it twice changes nothing. Says when to look again.</param>
internal sealed partial class ControlLoop<T>(
    ClusterClient client,
    Mirror<T> items,
    Func<T, CancellationToken, Task<TimeSpan?>> reconcile,
    ILogger log
)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(string Namespace, string Name), bool> changed = new();
    private readonly Dictionary<(string Namespace, string Name), DateTime> due = [];
    private readonly WakeUp news = new(client.Time);
    private readonly List<Task> synced = [];

    /// <summary>Also when one of these changes, by its owner.</summary>
    public ControlLoop<T> Also<TPart>(Mirror<TPart> parts, Func<TPart, T?> ownerOf)
        where TPart : class, IKubernetesObject<V1ObjectMeta>
    {
        synced.Add(parts.Synced);
        parts.Changed += (old, now) =>
        {
            foreach (var part in new[] { old, now })
            {
                if (part is not null && ownerOf(part) is { } owner)
                {
                    Note(owner);
                }
            }
        };
        return this;
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        items.Changed += (_, now) =>
        {
            if (now is not null)
            {
                Note(now);
            }
        };
        await Task.WhenAll([items.Synced, .. synced]).WaitAsync(cancel);
        foreach (var item in items.Items)
        {
            Note(item);
        }
        while (!cancel.IsCancellationRequested)
        {
            foreach (var (key, _) in due.Where(entry => entry.Value <= client.Now).ToList())
            {
                due.Remove(key);
                changed[key] = true;
            }
            await LookAsync(cancel);
            TimeSpan? wait = due.Count > 0 ? due.Values.Min() - client.Now : null;
            await news.WaitAsync(wait, cancel);
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        foreach (var key in changed.Keys.ToList())
        {
            changed.TryRemove(key, out _);
            if (items.Find(key.Namespace, key.Name) is not { } item)
            {
                continue;
            }
            try
            {
                if (await reconcile(item, cancel) is { } again)
                {
                    due[key] = client.Now + again;
                }
            }
            catch (Exception broken) when (Transient.Is(broken))
            {
                due[key] = client.Now + Again;
                if (broken is not RefusedException { IsConflict: true }) // somebody was quicker: look again
                {
                    LogFailed(log, typeof(T).Name, key.Namespace, key.Name, broken.Message);
                }
            }
        }
    }

    private void Note(T item)
    {
        changed[(item.Metadata.NamespaceProperty ?? "", item.Metadata.Name)] = true;
        news.Call();
    }

    [LoggerMessage(LogLevel.Warning, "{Kind} {Namespace}/{Name}: not done, again soon: {Why}")]
    private static partial void LogFailed(ILogger log, string kind, string @namespace, string name, string why);
}
