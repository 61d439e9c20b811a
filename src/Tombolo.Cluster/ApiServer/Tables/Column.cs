using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>One column of a kind's table.</summary>
/// <param name="Priority">0: always shown; 1: with <c>-o wide</c>.</param>
/// <param name="Cell">The value for one object; null shows as <c>&lt;none&gt;</c> or nothing.</param>
internal sealed record Column(
    string Name,
    string Type,
    string Format,
    string Description,
    int Priority,
    Func<JsonElement, DateTimeOffset, JsonNode?> Cell
)
{
    public static readonly Column NameColumn = new(
        "Name",
        "string",
        "name",
        "Name must be unique within a namespace.",
        0,
        (item, _) => item.Text("metadata", "name")
    );

    public static readonly Column Age = new(
        "Age",
        "string",
        "",
        "Time since the object was made.",
        0,
        (item, now) => Ages.Since(item.Text("metadata", "creationTimestamp"), now)
    );

    /// <summary>For kinds that bring none.</summary>
    public static readonly IReadOnlyList<Column> Default = [NameColumn, Age];

    public static Column Text(string name, Func<JsonElement, JsonNode?> cell, int priority = 0) =>
        new(name, "string", "", name, priority, (item, _) => cell(item));

    public static Column Number(string name, Func<JsonElement, JsonNode?> cell, int priority = 0) =>
        new(name, "integer", "", name, priority, (item, _) => cell(item));

    public static Column At(string name, params string[] path) =>
        new(name, "string", "", name, 0, (item, _) => Shown(item.At(path)));

    public static JsonNode? Shown(JsonElement? value) =>
        value switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var whole)
                ? whole
                : number.GetDouble(),
            { ValueKind: JsonValueKind.True } => "true",
            { ValueKind: JsonValueKind.False } => "false",
            { } other => other.GetRawText(),
        };
}
