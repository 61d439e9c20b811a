using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>LAST SEEN TYPE REASON OBJECT MESSAGE, read from the stored (core) shape.</summary>
internal static class EventColumns
{
    public static readonly IReadOnlyList<Column> All =
    [
        new("Last Seen", "string", "", "When it happened last.", 0, (item, now) => Ages.Since(LastSeen(item), now)),
        Column.At("Type", "type"),
        Column.At("Reason", "reason"),
        Column.Text("Object", item => Object(item)),
        Column.Text("Subobject", item => item.Text("involvedObject", "fieldPath") ?? "", 1),
        Column.Text("Source", Source, 1),
        Column.Text("Message", item => item.Text("message")?.Trim()),
        new("First Seen", "string", "", "When it happened first.", 1, (item, now) => Ages.Since(FirstSeen(item), now)),
        Column.Number("Count", item => item.Whole("series", "count") ?? item.Whole("count") ?? 1, 1),
        new("Name", "string", "name", "Name of the event.", 1, (item, _) => item.Text("metadata", "name")),
    ];

    private static string? FirstSeen(JsonElement item) =>
        item.Text("firstTimestamp") ?? item.Text("eventTime") ?? item.Text("metadata", "creationTimestamp");

    private static string? LastSeen(JsonElement item) =>
        item.Text("series", "lastObservedTime") ?? item.Text("lastTimestamp") ?? FirstSeen(item);

    private static string Object(JsonElement item)
    {
        var kind = item.Text("involvedObject", "kind")?.ToLowerInvariant();
        var name = item.Text("involvedObject", "name");
        return string.IsNullOrEmpty(name) ? kind ?? "" : $"{kind}/{name}";
    }

    private static JsonNode Source(JsonElement item)
    {
        var component = item.Text("source", "component") ?? item.Text("reportingComponent") ?? "";
        return item.Text("source", "host") is { Length: > 0 } host ? $"{component}, {host}" : component;
    }
}
