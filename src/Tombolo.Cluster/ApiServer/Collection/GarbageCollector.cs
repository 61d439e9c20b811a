using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// Deletes what its owners left behind (background), first what an owner waits for (foreground), or cuts the bond
/// (orphan). Kubernetes' garbage collector over this server's own index of owners.
/// </summary>
internal sealed class GarbageCollector : IAsyncDisposable
{
    private readonly ObjectVerbs verbs;
    private readonly Owners owners = new();
    private readonly WorkLoop<ObjectName> loop;

    public GarbageCollector(ObjectVerbs verbs, ILogger log)
    {
        this.verbs = verbs;
        loop = new WorkLoop<ObjectName>(CollectAsync, verbs.Time, log);
        verbs.Store.Committed += Follow;
        var all = verbs.Store.SnapshotAll().SelectMany(kind => kind.Objects.Objects.Values).ToList();
        all.ForEach(item => owners.Apply(item, null, deleted: false));
        all.ForEach(Queue);
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();

    private void Follow(ObjectChange change)
    {
        var item = change.Object;
        owners.Apply(item, change.Previous, change.Deleted);
        if (!change.Deleted)
        {
            Queue(item);
        }
        else
        {
            foreach (var dependent in owners.DependentsOf(item.Uid))
            {
                loop.Add(dependent);
            }
        }
        // An owner that waits looks again when it lost a dependent.
        foreach (var (uid, _) in change.Previous is null ? [] : Owners.References(change.Previous))
        {
            if (owners.Find(uid) is { Terminating: true } owner)
            {
                loop.Add(ObjectName.Of(owner));
            }
        }
    }

    /// <summary>Only what may need work: most changes do not.</summary>
    private void Queue(StoredObject item)
    {
        var abandoned = Owners.References(item).Any(owner => owners.Find(owner.Uid) is null or { Terminating: true });
        if (abandoned || (item.Terminating && IsWaiting(item)))
        {
            loop.Add(ObjectName.Of(item));
        }
    }

    private static bool IsWaiting(StoredObject item) =>
        Owners.Has(item, ObjectVerbs.OrphanFinalizer) || Owners.Has(item, ObjectVerbs.ForegroundFinalizer);

    private async Task CollectAsync(ObjectName name, CancellationToken cancel)
    {
        if (
            verbs.Registry.Current.Stored(name.Kind) is not { } resource
            || verbs.Store.Find(name.Kind, name.Key) is not { } item
        )
        {
            return;
        }
        if (item.Terminating && Owners.Has(item, ObjectVerbs.OrphanFinalizer))
        {
            await OrphanAsync(resource, item, cancel);
        }
        else if (item.Terminating && Owners.Has(item, ObjectVerbs.ForegroundFinalizer))
        {
            await DeleteDependentsAsync(resource, item, cancel);
        }
        else if (!item.Terminating)
        {
            await JudgeAsync(resource, item, cancel);
        }
    }

    /// <summary>An object whose last owner is gone, or waits for it, goes; one with others left loses the reference.</summary>
    private async Task JudgeAsync(Resource resource, StoredObject item, CancellationToken cancel)
    {
        var references = Owners.References(item).ToList();
        var waiting = references.Where(r => r.Blocks && IsForeground(owners.Find(r.Uid))).Select(r => r.Uid).ToList();
        var absent = references.Where(r => owners.Find(r.Uid) is null).Select(r => r.Uid).ToList();
        var solid = references.Count - waiting.Count - absent.Count;
        if (waiting.Count + absent.Count == 0)
        {
            return;
        }
        if (solid > 0)
        {
            await CutAsync(resource, item.Key, [.. waiting, .. absent], cancel);
            return;
        }
        var foreground = waiting.Count > 0 && owners.DependentsOf(item.Uid).Count > 0;
        var options = new DeleteOptions { Uid = item.Uid, Propagation = foreground ? "Foreground" : "Background" };
        await verbs.DeleteAsync(resource, item.Key, options, cancel);
    }

    private static bool IsForeground(StoredObject? owner) =>
        owner is { Terminating: true } && Owners.Has(owner, ObjectVerbs.ForegroundFinalizer);

    private async Task OrphanAsync(Resource resource, StoredObject owner, CancellationToken cancel)
    {
        foreach (var dependent in owners.DependentsOf(owner.Uid))
        {
            if (verbs.Registry.Current.Stored(dependent.Kind) is { } kind)
            {
                await CutAsync(kind, dependent.Key, [owner.Uid], cancel);
            }
        }
        await ReleaseAsync(resource, owner, ObjectVerbs.OrphanFinalizer, cancel);
    }

    private async Task DeleteDependentsAsync(Resource resource, StoredObject owner, CancellationToken cancel)
    {
        var blocking = 0;
        foreach (var name in owners.DependentsOf(owner.Uid))
        {
            if (verbs.Store.Find(name.Kind, name.Key) is not { } dependent)
            {
                continue;
            }
            blocking += Owners.References(dependent).Any(r => r.Uid == owner.Uid && r.Blocks) ? 1 : 0;
            if (!dependent.Terminating)
            {
                loop.Add(name);
            }
        }
        if (blocking == 0)
        {
            await ReleaseAsync(resource, owner, ObjectVerbs.ForegroundFinalizer, cancel);
        }
    }

    private async Task CutAsync(Resource resource, ObjectKey key, IReadOnlyList<string> uids, CancellationToken cancel)
    {
        try
        {
            await verbs.UpdateAsync(
                resource,
                key,
                WritePart.Whole,
                item => Without(item, "ownerReferences", owner => uids.Contains(owner.Text("uid"))),
                WriteOptions.Plain,
                cancel
            );
        }
        catch (ApiError error) when (error.Code == 404)
        {
            // Gone with its references.
        }
    }

    private Task<StoredObject> ReleaseAsync(
        Resource resource,
        StoredObject owner,
        string finalizer,
        CancellationToken cancel
    ) =>
        verbs.UpdateAsync(
            resource,
            owner.Key,
            WritePart.Whole,
            item => Without(item, "finalizers", f => f.Text() == finalizer),
            WriteOptions.Plain,
            cancel
        );

    private static JsonObject Without(JsonObject item, string field, Func<JsonNode?, bool> gone)
    {
        if (item.Metadata()[field] is JsonArray all)
        {
            var left = all.Where(entry => !gone(entry)).Select(entry => entry?.DeepClone()).ToArray();
            item.Metadata().Remove(field);
            if (left.Length > 0)
            {
                item.Metadata()[field] = new JsonArray(left);
            }
        }
        return item;
    }
}
