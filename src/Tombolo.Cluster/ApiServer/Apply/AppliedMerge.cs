using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Lays an applied configuration over an object, and takes away what it no longer sets.</summary>
internal static class AppliedMerge
{
    /// <summary>The configuration wins; lists of type map merge by key and sets by value, in the configuration's order.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, Schema? schema)
    {
        switch (applied, live)
        {
            case (JsonObject wanted, JsonObject current) when FieldSteps.Of(wanted, schema) is not null:
                var merged = (JsonObject)current.DeepClone();
                foreach (var (name, value) in wanted)
                {
                    merged[name] = Merge(merged[name], value, FieldSteps.Property(schema, name));
                }
                return merged;
            case (JsonArray wanted, JsonArray current) when schema is { ListType: "map" }:
                return MergeItems(wanted, current, schema);
            case (JsonArray wanted, JsonArray current) when schema is { ListType: "set" }:
                var kept = current.Where(value => !wanted.Any(other => JsonNode.DeepEquals(value, other)));
                return new JsonArray([.. wanted.Concat(kept).Select(value => value?.DeepClone())]);
            default:
                return applied?.DeepClone();
        }
    }

    /// <summary>Removes the members of the set, and what becomes empty by that.</summary>
    public static void Remove(JsonNode? node, FieldSet gone, Schema? schema)
    {
        if (node is JsonObject item)
        {
            foreach (var (step, below) in gone.Children.Where(child => child.Key[0] == 'f'))
            {
                var name = step[2..];
                if (below is { Member: true, Children.Count: 0 })
                {
                    item.Remove(name);
                    continue;
                }
                Remove(item[name], below, FieldSteps.Property(schema, name));
                if (item[name] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
                {
                    item.Remove(name);
                }
            }
        }
        else if (node is JsonArray list && schema is { ListType: "map" or "set" })
        {
            RemoveItems(list, gone, schema);
        }
    }

    private static JsonArray MergeItems(JsonArray wanted, JsonArray current, Schema schema)
    {
        var old = current
            .DistinctBy(entry => ListKey.Of(entry, schema))
            .ToDictionary(entry => ListKey.Of(entry, schema));
        var merged = new JsonArray();
        foreach (var entry in wanted)
        {
            old.Remove(ListKey.Of(entry, schema), out var was);
            merged.Add(Merge(was, entry, schema.Items));
        }
        foreach (var entry in current.Where(entry => old.ContainsKey(ListKey.Of(entry, schema))))
        {
            merged.Add(entry?.DeepClone());
        }
        return merged;
    }

    private static void RemoveItems(JsonArray list, FieldSet gone, Schema schema)
    {
        for (var i = list.Count - 1; i >= 0; i--)
        {
            var step =
                schema.ListType == "map"
                    ? $"k:{ListKey.Of(list[i], schema)}"
                    : $"v:{list[i]?.ToJsonString() ?? "null"}";
            if (!gone.Children.TryGetValue(step, out var below))
            {
                continue;
            }
            if (below.Member)
            {
                list.RemoveAt(i);
            }
            else
            {
                Remove(list[i], below, schema.Items);
            }
        }
    }
}
