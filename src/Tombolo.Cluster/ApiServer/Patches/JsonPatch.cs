using System.Globalization;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>JSON patch (RFC 6902).</summary>
internal static class JsonPatch
{
    // kube-apiserver's limit: a patch of more operations is refused.
    private const int MostOperations = 10_000;

    /// <param name="target">Changed in place.</param>
    /// <exception cref="FormatException">No patch, or a path that is not there; the target is then half changed.</exception>
    /// <exception cref="PatchTestFailedException">A test operation does not hold.</exception>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
        {
            throw new FormatException("a JSON patch is an array of operations");
        }
        if (operations.Count > MostOperations)
        {
            throw new FormatException($"a JSON patch may hold {MostOperations} operations, not {operations.Count}");
        }
        foreach (var operation in operations)
        {
            target = Apply(target, operation as JsonObject ?? throw new FormatException("an operation is an object"));
        }
        return target;
    }

    private static JsonNode? Apply(JsonNode? target, JsonObject operation)
    {
        var path = Pointer(operation.Text("path") ?? throw new FormatException("operation without path"));
        switch (operation.Text("op"))
        {
            case "add":
                return Add(target, path, Value(operation));
            case "remove":
                Remove(target, path);
                return target;
            case "replace":
                Find(target, path);
                if (path.Length > 0 && Find(target, path[..^1]) is JsonArray list)
                {
                    list[Index(path[^1], list.Count - 1)] = Value(operation);
                    return target;
                }
                return Add(target, path, Value(operation));
            case "move":
                var from = Pointer(operation.Text("from") ?? throw new FormatException("move without from"));
                var moved = Find(target, from)?.DeepClone();
                Remove(target, from);
                return Add(target, path, moved);
            case "copy":
                var source = Pointer(operation.Text("from") ?? throw new FormatException("copy without from"));
                return Add(target, path, Find(target, source)?.DeepClone());
            case "test":
                return JsonNode.DeepEquals(FindOrNull(target, path), operation["value"])
                    ? target
                    : throw new PatchTestFailedException($"testing path {operation.Text("path")} value failed");
            case var other:
                throw new FormatException($"unexpected operation kind: {other}");
        }
    }

    private static JsonNode? Value(JsonObject operation) =>
        operation.ContainsKey("value")
            ? operation["value"]?.DeepClone()
            : throw new FormatException($"{operation.Text("op")} without value");

    private static JsonNode? Add(JsonNode? target, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            return value;
        }
        switch (Find(target, path[..^1]))
        {
            case JsonObject item:
                item[path[^1]] = value;
                break;
            case JsonArray list:
                list.Insert(path[^1] == "-" ? list.Count : Index(path[^1], list.Count), value);
                break;
            default:
                throw Missing(path);
        }
        return target;
    }

    private static void Remove(JsonNode? target, string[] path)
    {
        switch (path.Length == 0 ? null : Find(target, path[..^1]))
        {
            case JsonObject item when item.Remove(path[^1]):
                break;
            case JsonArray list:
                list.RemoveAt(Index(path[^1], list.Count - 1));
                break;
            default:
                throw new FormatException($"Unable to remove nonexistent key: {(path.Length == 0 ? "" : path[^1])}");
        }
    }

    private static JsonNode? Find(JsonNode? node, string[] path)
    {
        foreach (var name in path)
        {
            node = node switch
            {
                JsonObject item when item.ContainsKey(name) => item[name],
                JsonArray list => list[Index(name, list.Count - 1)],
                _ => throw Missing(path),
            };
        }
        return node;
    }

    private static JsonNode? FindOrNull(JsonNode? node, string[] path)
    {
        try
        {
            return Find(node, path);
        }
        catch (FormatException)
        {
            return null; // a test against null holds for what is absent, as in the library that kube-apiserver uses
        }
    }

    private static int Index(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= most
            ? index
            : throw new FormatException($"Unable to access invalid index: {text}");

    private static string[] Pointer(string text) =>
        text.Length == 0 ? []
        : text[0] == '/' ? [.. text[1..].Split('/').Select(part => part.Replace("~1", "/").Replace("~0", "~"))]
        : throw new FormatException($"a JSON pointer begins with /: {text}");

    private static FormatException Missing(string[] path) =>
        new($"doc is missing path: \"/{string.Join('/', path)}\": missing value");
}
