using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Removes what a schema does not know, and says what that was.</summary>
internal static class SchemaPruning
{
    /// <param name="unknown">Gets the path of each field that was removed.</param>
    public static void Prune(JsonNode? node, Schema schema, string path, List<string> unknown)
    {
        schema = schema.Target;
        if (node is JsonArray items && schema.Items is { } inner)
        {
            for (var i = 0; i < items.Count; i++)
            {
                Prune(items[i], inner, FieldPath.Item(path, i), unknown);
            }
        }
        else if (node is JsonObject item)
        {
            PruneObject(item, schema, path, unknown);
        }
    }

    /// <summary>Go's decoder takes null for a field that is not given; removes such fields of built-in kinds.</summary>
    public static void DropNulls(JsonNode? node)
    {
        if (node is JsonObject item)
        {
            foreach (var name in item.Where(field => field.Value is null).Select(field => field.Key).ToList())
            {
                item.Remove(name);
            }
            foreach (var (_, value) in item)
            {
                DropNulls(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var value in items)
            {
                DropNulls(value);
            }
        }
    }

    private static void PruneObject(JsonObject item, Schema schema, string path, List<string> unknown)
    {
        foreach (var (name, value) in item.ToList())
        {
            var at = FieldPath.Field(path, name);
            if (schema.Properties.TryGetValue(name, out var known))
            {
                Prune(value, known, at, unknown);
            }
            else if (schema.Values is { } values)
            {
                Prune(value, values, at, unknown);
            }
            else if (!schema.PreserveUnknown && schema.Type is not null)
            {
                unknown.Add(at);
                item.Remove(name);
            }
        }
    }
}
