using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A second shape of another kind's stored objects, as events.k8s.io is of core events.</summary>
/// <param name="StorageKind">Storage name of the kind that holds the objects.</param>
/// <param name="ToStored">From this shape to the stored one, in place of the argument.</param>
/// <param name="FromStored">Back.</param>
internal sealed record ResourceView(
    string StorageKind,
    Func<JsonObject, JsonObject> ToStored,
    Func<JsonObject, JsonObject> FromStored
);
