using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Objects of which only the metadata is given.</summary>
internal static class PartialObject
{
    public static JsonObject Of(StoredObject item, Representation form) =>
        new()
        {
            ["kind"] = "PartialObjectMetadata",
            ["apiVersion"] = form.ApiVersion,
            ["metadata"] = JsonNode.Parse(item.Element.GetProperty("metadata").GetRawText()),
        };

    public static JsonObject ListOf(IEnumerable<StoredObject> items, Representation form, JsonObject metadata) =>
        new()
        {
            ["kind"] = "PartialObjectMetadataList",
            ["apiVersion"] = form.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. items.Select(item => Of(item, form))]),
        };
}
