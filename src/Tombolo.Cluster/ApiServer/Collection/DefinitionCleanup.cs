using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Deletes the objects of a CRD that is being deleted, then lets it go.</summary>
internal sealed class DefinitionCleanup : IAsyncDisposable
{
    private readonly ObjectVerbs verbs;
    private readonly WorkLoop<string> loop;

    public DefinitionCleanup(ObjectVerbs verbs, ILogger log)
    {
        this.verbs = verbs;
        loop = new WorkLoop<string>(VisitAsync, verbs.Time, log);
        verbs.Store.Committed += Follow;
        foreach (var item in verbs.Store.Snapshot(DefinitionRules.StorageKind).Objects.Values)
        {
            loop.Add(item.Key.Name);
        }
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();

    private void Follow(ObjectChange change)
    {
        if (change.Object.Kind == DefinitionRules.StorageKind && change.Object.Terminating)
        {
            loop.Add(change.Object.Key.Name);
        }
        else if (change.Deleted && change.Object.Kind.Contains('.'))
        {
            loop.Add(change.Object.Kind); // a definition's name is its objects' kind
        }
    }

    private async Task VisitAsync(string name, CancellationToken cancel)
    {
        var key = new ObjectKey("", name);
        if (verbs.Store.Find(DefinitionRules.StorageKind, key) is not { Terminating: true } definition)
        {
            return;
        }
        if (verbs.Registry.Current.Stored(name) is { } resource)
        {
            var objects = verbs.Store.Snapshot(name).Objects.Values.ToList();
            await Task.WhenAll(
                objects.Where(item => !item.Terminating).Select(item => DeleteAsync(resource, item, cancel))
            );
        }
        if (verbs.Store.Snapshot(name).Objects.IsEmpty)
        {
            var definitions = verbs.Registry.Current.Stored(DefinitionRules.StorageKind)!; // built in
            await verbs.UpdateAsync(definitions, definition.Key, WritePart.Whole, Released, WriteOptions.Plain, cancel);
        }
    }

    private async Task DeleteAsync(Resource resource, StoredObject item, CancellationToken cancel)
    {
        try
        {
            await verbs.DeleteAsync(resource, item.Key, DeleteOptions.Background, cancel);
        }
        catch (ApiError error) when (error.Code == 404)
        {
            // Gone by itself.
        }
    }

    private static JsonObject Released(JsonObject definition)
    {
        var left = definition.Metadata().Texts("finalizers").Where(f => f != DefinitionRules.Cleanup);
        definition.Metadata()["finalizers"] = new JsonArray([.. left.Select(f => (JsonNode)f)]);
        return definition;
    }
}
