using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Short reads of well-known places in objects. What is absent, or of another type, is null.</summary>
internal static class JsonPaths
{
    public static JsonObject Metadata(this JsonObject item)
    {
        if (item["metadata"] is JsonObject metadata)
        {
            return metadata;
        }
        metadata = [];
        item["metadata"] = metadata;
        return metadata;
    }

    /// <summary>The object at a path, made if absent or of another type.</summary>
    public static JsonObject Ensure(this JsonObject item, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (item[name] is not JsonObject inner)
            {
                item[name] = inner = [];
            }
            item = inner;
        }
        return item;
    }

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }
        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Whole(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) switch
        {
            JsonValue value when value.TryGetValue<long>(out var whole) => whole,
            JsonValue value when value.TryGetValue<int>(out var whole) => whole, // set by our own code
            _ => null,
        };

    public static bool? Truth(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var truth) ? truth : null;

    /// <summary>The objects of an array; empty if there is none.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.Select(item => item.Text()).OfType<string>() ?? [];

    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }
        return element.ValueKind == JsonValueKind.Null ? null : element;
    }

    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Whole(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole)
            ? whole
            : null;

    public static bool Truth(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.True };

    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Fields(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.Object } fields ? fields.EnumerateObject() : [];
}
