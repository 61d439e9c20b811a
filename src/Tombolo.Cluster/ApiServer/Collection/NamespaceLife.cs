using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Gives a new namespace what each has, and empties one that terminates before it goes.</summary>
internal sealed class NamespaceLife : IAsyncDisposable
{
    private readonly ObjectVerbs verbs;
    private readonly string caPem;
    private readonly WorkLoop<string> loop;

    /// <param name="caPem">Goes into each namespace's <c>kube-root-ca.crt</c>.</param>
    public NamespaceLife(ObjectVerbs verbs, string caPem, ILogger log)
    {
        (this.verbs, this.caPem) = (verbs, caPem);
        loop = new WorkLoop<string>(VisitAsync, verbs.Time, log);
        verbs.Store.Committed += Follow;
        foreach (var item in verbs.Store.Snapshot("namespaces").Objects.Values)
        {
            loop.Add(item.Key.Name);
        }
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();

    private void Follow(ObjectChange change)
    {
        var item = change.Object;
        if (item.Kind == "namespaces")
        {
            if (!change.Deleted)
            {
                loop.Add(item.Key.Name);
            }
        }
        else if (change.Deleted && item.Key.Namespace.Length > 0)
        {
            loop.Add(item.Key.Namespace); // it may have been the last one
        }
    }

    private async Task VisitAsync(string name, CancellationToken cancel)
    {
        if (verbs.Store.Find("namespaces", new ObjectKey("", name)) is not { } space)
        {
            return;
        }
        if (!space.Terminating)
        {
            await FurnishAsync(name, cancel);
            return;
        }
        var content = Content(name);
        await Task.WhenAll(content.Where(item => !item.Terminating).Select(item => DeleteAsync(item, cancel)));
        var left = Content(name);
        await verbs.UpdateAsync(
            verbs.Registry.Current.Find("", "v1", "namespaces")!, // built in
            space.Key,
            WritePart.Whole,
            item => left.Count == 0 ? Emptied(item) : Reported(item, left),
            WriteOptions.Plain,
            cancel
        );
    }

    private List<StoredObject> Content(string name) =>
        [
            .. verbs
                .Store.SnapshotAll()
                .SelectMany(kind => kind.Objects.Objects.Values)
                .Where(item => item.Key.Namespace == name),
        ];

    private async Task DeleteAsync(StoredObject item, CancellationToken cancel)
    {
        if (verbs.Registry.Current.Stored(item.Kind) is not { } resource)
        {
            return;
        }
        try
        {
            await verbs.DeleteAsync(resource, item.Key, DeleteOptions.Background, cancel);
        }
        catch (ApiError error) when (error.Code == 404)
        {
            // Gone by itself.
        }
    }

    private static JsonObject Emptied(JsonObject space)
    {
        space.Ensure("spec").Remove("finalizers");
        return space;
    }

    /// <summary>Says in the namespace's status what it waits for.</summary>
    private JsonObject Reported(JsonObject space, List<StoredObject> left)
    {
        var kinds = left.GroupBy(item => item.Kind).Select(g => $"{g.Key} has {g.Count()} resource instances");
        var finalizers = left.SelectMany(item => item.Element.Items("metadata", "finalizers"))
            .GroupBy(f => f.GetString())
            .Select(g => $"{g.Key} in {g.Count()} resource instances")
            .ToList();
        JsonObject Condition(string type, string reason, string message, bool holds) =>
            new()
            {
                ["type"] = type,
                ["status"] = holds ? "True" : "False",
                ["reason"] = reason,
                ["message"] = message,
                ["lastTransitionTime"] =
                    space
                        .Items("status", "conditions")
                        .FirstOrDefault(c => c.Text("type") == type)
                        .Text("lastTransitionTime")
                    ?? verbs.Time.GetUtcNow().Shown(),
            };
        space.Ensure("status")["conditions"] = new JsonArray(
            Condition(
                "NamespaceContentRemaining",
                "SomeResourcesRemain",
                $"Some resources are remaining: {string.Join(", ", kinds)}",
                true
            ),
            Condition(
                "NamespaceFinalizersRemaining",
                finalizers.Count > 0 ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                finalizers.Count > 0
                    ? $"Some content in the namespace has finalizers remaining: {string.Join(", ", finalizers)}"
                    : "All content-preserving finalizers finished",
                finalizers.Count > 0
            )
        );
        return space;
    }

    private async Task FurnishAsync(string name, CancellationToken cancel)
    {
        await MakeAsync(
            "serviceaccounts",
            name,
            new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } },
            cancel
        );
        var root = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "kube-root-ca.crt" },
            ["data"] = new JsonObject { ["ca.crt"] = caPem },
        };
        await MakeAsync("configmaps", name, root, cancel);
    }

    private async Task MakeAsync(string plural, string space, JsonObject item, CancellationToken cancel)
    {
        var key = new ObjectKey(space, item.Text("metadata", "name") ?? "");
        if (verbs.Store.Find(plural, key) is not null)
        {
            return;
        }
        try
        {
            var resource = verbs.Registry.Current.Find("", "v1", plural)!; // built in
            await verbs.CreateAsync(resource, space, item, WriteOptions.Plain, cancel);
        }
        catch (ApiError error) when (error.Code is 403 or 409)
        {
            // Made by another, or the namespace terminates.
        }
    }
}
