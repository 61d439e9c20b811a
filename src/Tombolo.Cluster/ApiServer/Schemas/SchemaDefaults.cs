using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Fills in what a schema gives defaults for, inside whatever is there already.</summary>
internal static class SchemaDefaults
{
    public static void Apply(JsonNode? node, Schema schema)
    {
        schema = schema.Target;
        if (node is JsonArray items && schema.Items is { } inner)
        {
            foreach (var item in items)
            {
                Apply(item, inner);
            }
            return;
        }
        if (node is not JsonObject fields)
        {
            return;
        }
        foreach (var (name, property) in schema.Properties)
        {
            var known = fields.TryGetPropertyValue(name, out var value);
            if (property.Default is { } given && (!known || (value is null && !property.Nullable)))
            {
                fields[name] = value = given.DeepClone();
            }
            Apply(value, property);
        }
        if (schema.Values is { } values)
        {
            foreach (var (name, value) in fields)
            {
                if (!schema.Properties.ContainsKey(name))
                {
                    Apply(value, values);
                }
            }
        }
    }
}
