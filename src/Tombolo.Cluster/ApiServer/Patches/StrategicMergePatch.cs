using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// Strategic merge patch: a merge patch that merges lists by key where the schema says so, with the directives $patch,
/// $retainKeys, $setElementOrder and $deleteFromPrimitiveList (kubernetes/community, strategic-merge-patch.md).
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string ElementOrder = "$setElementOrder/";
    private const string DeleteFromList = "$deleteFromPrimitiveList/";

    /// <param name="target">Changed in place.</param>
    /// <exception cref="FormatException">The patch has an unknown directive, or a list item without its key.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, Schema? schema)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                return Clean(patch);
            case "delete":
                return [];
            case null or "merge":
                break;
            case var other:
                throw new FormatException($"unknown $patch type: {other}");
        }
        if (patch[RetainKeys] is JsonArray retained)
        {
            var keep = retained.Select(key => key.Text()).ToHashSet();
            target
                .Where(field => !keep.Contains(field.Key))
                .Select(f => f.Key)
                .ToList()
                .ForEach(key => target.Remove(key));
        }
        DeleteValues(target, patch);
        foreach (var (name, change) in patch)
        {
            if (!name.StartsWith('$'))
            {
                ApplyField(target, name, change, Property(schema, name));
            }
        }
        Reorder(target, patch, schema);
        return target;
    }

    private static void ApplyField(JsonObject target, string name, JsonNode? change, Schema? schema)
    {
        switch (change)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject inner when target[name] is JsonObject current:
                var merged = Apply(current, inner, schema?.Target);
                if (!ReferenceEquals(merged, current))
                {
                    target[name] = merged;
                }
                break;
            case JsonObject inner:
                target[name] = Apply([], inner, schema?.Target);
                break;
            case JsonArray items when schema?.MergeKey is { } key:
                target[name] =
                    key.Length == 0
                        ? MergeValues(target[name] as JsonArray ?? [], items)
                        : MergeItems(target[name] as JsonArray ?? [], items, key, schema.Items?.Target);
                break;
            case JsonArray items:
                target[name] = new JsonArray([.. items.Select(Clean)]);
                break;
            default:
                target[name] = change.DeepClone();
                break;
        }
    }

    private static JsonArray MergeValues(JsonArray current, JsonArray added)
    {
        var merged = (JsonArray)current.DeepClone();
        foreach (var value in added.Where(value => !Holds(merged, value)).ToList())
        {
            merged.Add(value?.DeepClone());
        }
        return merged;
    }

    private static JsonArray MergeItems(JsonArray current, JsonArray changes, string key, Schema? schema)
    {
        var replace = changes.Any(item => item.Text(Directive) == "replace");
        var merged = replace ? [] : (JsonArray)current.DeepClone();
        foreach (var change in changes.OfType<JsonObject>())
        {
            if (change.Text(Directive) == "replace" && change.Count == 1)
            {
                continue;
            }
            var name =
                change[key]
                ?? throw new FormatException(
                    $"map: {change.ToJsonString()} does not contain declared merge key: {key}"
                );
            var at = IndexOf(merged, item => JsonNode.DeepEquals((item as JsonObject)?[key], name));
            if (change.Text(Directive) == "delete")
            {
                if (at >= 0)
                {
                    merged.RemoveAt(at);
                }
            }
            else if (at < 0)
            {
                merged.Add(Apply([], change, schema));
            }
            else
            {
                var old = (JsonObject)merged[at]!; // found by its key: an object
                var item = Apply(old, change, schema);
                if (!ReferenceEquals(item, old))
                {
                    merged[at] = item;
                }
            }
        }
        return merged;
    }

    private static void DeleteValues(JsonObject target, JsonObject patch)
    {
        foreach (var (directive, values) in patch)
        {
            if (
                directive.StartsWith(DeleteFromList, StringComparison.Ordinal)
                && target[directive[DeleteFromList.Length..]] is JsonArray list
                && values is JsonArray gone
            )
            {
                target[directive[DeleteFromList.Length..]] = new JsonArray([
                    .. list.Where(value => !Holds(gone, value)).Select(value => value?.DeepClone()),
                ]);
            }
        }
    }

    /// <summary>Items that the patch orders come in its order; others stay before the item they stood before.</summary>
    private static void Reorder(JsonObject target, JsonObject patch, Schema? schema)
    {
        foreach (var (directive, order) in patch)
        {
            if (!directive.StartsWith(ElementOrder, StringComparison.Ordinal) || order is not JsonArray wanted)
            {
                continue;
            }
            var name = directive[ElementOrder.Length..];
            if (target[name] is not JsonArray list)
            {
                continue;
            }
            var key = Property(schema, name)?.MergeKey;
            JsonNode? Key(JsonNode? item) => string.IsNullOrEmpty(key) ? item : (item as JsonObject)?[key];
            var live = list.ToList();
            var ordered = wanted
                .Select(w => live.FirstOrDefault(item => JsonNode.DeepEquals(Key(item), Key(w))))
                .Where(item => item is not null)
                .ToList();
            var others = new Queue<JsonNode?>(live.Except(ordered));
            var result = new List<JsonNode?>();
            foreach (var item in ordered)
            {
                while (others.TryPeek(out var other) && live.IndexOf(other) < live.IndexOf(item))
                {
                    result.Add(others.Dequeue());
                }
                result.Add(item);
            }
            result.AddRange(others);
            target[name] = new JsonArray([.. result.Select(item => item?.DeepClone())]);
        }
    }

    private static Schema? Property(Schema? schema, string name) =>
        schema?.Properties.GetValueOrDefault(name) ?? schema?.Values;

    private static bool Holds(JsonArray list, JsonNode? value) => list.Any(item => JsonNode.DeepEquals(item, value));

    private static int IndexOf(JsonArray list, Func<JsonNode?, bool> found)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (found(list[i]))
            {
                return i;
            }
        }
        return -1;
    }

    private static JsonNode? Clean(JsonNode? node) => node is JsonObject item ? Clean(item) : node?.DeepClone();

    /// <summary>A copy without directives and without fields that a null would remove.</summary>
    private static JsonObject Clean(JsonObject item) =>
        new(
            item.Where(field => !field.Key.StartsWith('$') && field.Value is not null)
                .Select(field => KeyValuePair.Create(field.Key, Clean(field.Value)))
        );
}
