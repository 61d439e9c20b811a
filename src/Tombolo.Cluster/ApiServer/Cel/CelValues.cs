using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The values that expressions work on.</summary>
internal static class CelValues
{
    public static object? Of(JsonNode? node) =>
        node switch
        {
            null or JsonObject or JsonArray => node,
            JsonValue value => value.GetValueKind() switch
            {
                JsonValueKind.String => value.GetValue<string>(),
                JsonValueKind.Number => value.Whole() is { } whole ? (object)whole : value.GetValue<double>(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            },
            _ => null,
        };

    /// <exception cref="CelException">No truth value.</exception>
    public static bool Truth(object? value) =>
        value is bool truth ? truth : throw new CelException("no such overload: bool");

    public static bool Same(object? left, object? right) =>
        (left, right) switch
        {
            (JsonNode a, JsonNode b) => JsonNode.DeepEquals(a, b),
            (JsonArray a, List<object?> b) => a.Count == b.Count
                && a.Zip(b).All(pair => Same(Of(pair.First), pair.Second)),
            (List<object?> a, JsonArray) => Same(right, a),
            (List<object?> a, List<object?> b) => a.Count == b.Count
                && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
            (long a, double b) => a == b,
            (double a, long b) => a == b,
            _ => Equals(left, right),
        };

    /// <exception cref="CelException">No two numbers, texts or truth values.</exception>
    public static int Order(object? left, object? right) =>
        (left, right) switch
        {
            (long a, long b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            (bool a, bool b) => a.CompareTo(b),
            (long or double, long or double) => Convert.ToDouble(left).CompareTo(Convert.ToDouble(right)),
            _ => throw new CelException("no such overload: comparison"),
        };
}
