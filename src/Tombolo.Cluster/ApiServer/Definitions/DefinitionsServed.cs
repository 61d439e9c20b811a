using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Serves what the stored definitions ask for, from the moment each is committed.</summary>
internal sealed partial class DefinitionsServed(ResourceRegistry registry, CustomResources resources, ILogger log)
{
    /// <summary>Serves what is stored, and follows what is committed from now on.</summary>
    public void Follow(ObjectStore store)
    {
        store.Committed += change =>
        {
            if (change.Object.Kind == DefinitionRules.StorageKind)
            {
                Serve(change.Object.Copy(), change.Deleted);
            }
        };
        foreach (var definition in store.Snapshot(DefinitionRules.StorageKind).Objects.Values)
        {
            Serve(definition.Copy(), deleted: false);
        }
    }

    private void Serve(JsonObject definition, bool deleted)
    {
        var name = definition.Text("metadata", "name") ?? "";
        if (deleted || !DefinitionRules.IsTrue(definition, "Established"))
        {
            registry.Serve(name, []);
            return;
        }
        var (served, errors) = resources.Read(definition);
        if (errors.Count > 0)
        {
            // Only a definition that an older server took can be here; what can be read of it is served.
            LogOdd(log, name, errors[0].Field, errors[0].Message);
        }
        registry.Serve(name, served);
    }

    [LoggerMessage(LogLevel.Warning, "definition {Name}: {Field}: {Message}; served as far as it can be read")]
    private static partial void LogOdd(ILogger log, string name, string field, string message);
}
