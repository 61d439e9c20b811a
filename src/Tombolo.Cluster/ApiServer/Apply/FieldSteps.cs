using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Walks objects by the steps of field sets, as the schema divides them.</summary>
internal static class FieldSteps
{
    /// <summary>The parts of a value that are owned one by one; null: the value is owned as a whole.</summary>
    public static IEnumerable<(string Step, JsonNode? Value, Schema? Schema)>? Of(JsonNode? node, Schema? schema) =>
        node switch
        {
            JsonObject item when schema?.MapType != "atomic" && schema?.Target.MapType != "atomic" => item.Select(
                field => ($"f:{field.Key}", field.Value, Property(schema, field.Key))
            ),
            JsonArray list when schema is { ListType: "map" } => list.Select(entry =>
                ($"k:{ListKey.Of(entry, schema)}", entry, schema.Items)
            ),
            JsonArray list when schema is { ListType: "set" } => list.Select(entry =>
                ($"v:{entry?.ToJsonString() ?? "null"}", (JsonNode?)null, (Schema?)null)
            ),
            _ => null,
        };

    public static Schema? Property(Schema? schema, string name) =>
        schema?.Target.Properties.GetValueOrDefault(name) ?? schema?.Target.Values;

    /// <summary>All that a value sets.</summary>
    public static FieldSet SetOf(JsonNode? node, Schema? schema)
    {
        var set = new FieldSet();
        Collect(node, schema, set, isItem: false);
        set.Member = false; // nobody owns the object itself
        return set;
    }

    /// <summary>What is in the first and not, or otherwise, in the second.</summary>
    public static FieldSet Changed(JsonNode? now, JsonNode? before, Schema? schema)
    {
        var set = new FieldSet();
        Compare(now, before, schema, set);
        return set;
    }

    private static void Collect(JsonNode? node, Schema? schema, FieldSet set, bool isItem)
    {
        var parts = Of(node, schema)?.ToList();
        set.Member = isItem || parts is null or [];
        foreach (var (step, value, inner) in parts ?? [])
        {
            Collect(value, inner, set.Child(step), step[0] == 'k');
        }
    }

    private static void Compare(JsonNode? now, JsonNode? before, Schema? schema, FieldSet set)
    {
        if (JsonNode.DeepEquals(now, before))
        {
            return;
        }
        if (Of(now, schema)?.ToList() is not { Count: > 0 } parts)
        {
            set.Member = true;
            return;
        }
        var old = (Of(before, schema) ?? [])
            .DistinctBy(part => part.Step)
            .ToDictionary(part => part.Step, part => part.Value);
        foreach (var (step, value, inner) in parts)
        {
            if (!old.TryGetValue(step, out var was))
            {
                Collect(value, inner, set.Child(step), step[0] == 'k');
                continue;
            }
            var child = new FieldSet();
            Compare(value, was, inner, child);
            if (!child.IsEmpty)
            {
                Merge(set.Child(step), child);
            }
        }
    }

    private static void Merge(FieldSet into, FieldSet from)
    {
        into.Member |= from.Member;
        foreach (var (step, child) in from.Children)
        {
            Merge(into.Child(step), child);
        }
    }
}
