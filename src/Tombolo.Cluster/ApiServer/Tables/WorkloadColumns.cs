using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Columns of what makes pods.</summary>
internal static class WorkloadColumns
{
    private static readonly Column[] Wide =
    [
        Column.Text("Containers", item => Containers(item, "name"), 1),
        Column.Text("Images", item => Containers(item, "image"), 1),
    ];

    private static readonly Column Selector = Column.Text(
        "Selector",
        item => BuiltInColumns.Selector(item.At("spec", "selector")),
        1
    );

    public static readonly IReadOnlyList<Column> Deployment =
    [
        Column.NameColumn,
        Column.Text("Ready", item => $"{Status(item, "readyReplicas")}/{Wanted(item)}"),
        Column.Number("Up-to-date", item => Status(item, "updatedReplicas")),
        Column.Number("Available", item => Status(item, "availableReplicas")),
        Column.Age,
        .. Wide,
        Selector,
    ];

    public static readonly IReadOnlyList<Column> ReplicaSet =
    [
        Column.NameColumn,
        Column.Number("Desired", item => Wanted(item)),
        Column.Number("Current", item => Status(item, "replicas")),
        Column.Number("Ready", item => Status(item, "readyReplicas")),
        Column.Age,
        .. Wide,
        Selector,
    ];

    public static readonly IReadOnlyList<Column> StatefulSet =
    [
        Column.NameColumn,
        Column.Text("Ready", item => $"{Status(item, "readyReplicas")}/{Wanted(item)}"),
        Column.Age,
        .. Wide,
    ];

    public static readonly IReadOnlyList<Column> DaemonSet =
    [
        Column.NameColumn,
        Column.Number("Desired", item => Status(item, "desiredNumberScheduled")),
        Column.Number("Current", item => Status(item, "currentNumberScheduled")),
        Column.Number("Ready", item => Status(item, "numberReady")),
        Column.Number("Up-to-date", item => Status(item, "updatedNumberScheduled")),
        Column.Number("Available", item => Status(item, "numberAvailable")),
        Column.Text("Node Selector", NodeSelector),
        Column.Age,
        .. Wide,
        Selector,
    ];

    public static readonly IReadOnlyList<Column> Job =
    [
        Column.NameColumn,
        Column.Text("Status", JobStatus),
        Column.Text("Completions", item => $"{Status(item, "succeeded")}/{item.Whole("spec", "completions") ?? 1}"),
        new("Duration", "string", "", "How long it ran.", 0, JobDuration),
        Column.Age,
        .. Wide,
        Selector,
    ];

    private static long Wanted(JsonElement item) => item.Whole("spec", "replicas") ?? 0;

    private static long Status(JsonElement item, string field) => item.Whole("status", field) ?? 0;

    private static JsonNode Containers(JsonElement item, string field) =>
        string.Join(',', item.Items("spec", "template", "spec", "containers").Select(c => c.Text(field)));

    private static JsonNode NodeSelector(JsonElement item) =>
        BuiltInColumns.Joined(
            item.Fields("spec", "template", "spec", "nodeSelector").Select(l => $"{l.Name}={l.Value.GetString()}"),
            "<none>"
        );

    private static JsonNode JobStatus(JsonElement item)
    {
        var condition = item.Items("status", "conditions")
            .Where(c => c.Text("status") == "True")
            .Select(c => c.Text("type"))
            .FirstOrDefault(type => type is "Complete" or "Failed" or "Suspended");
        return condition ?? (item.Text("metadata", "deletionTimestamp") is null ? "Running" : "Terminating");
    }

    private static JsonNode? JobDuration(JsonElement item, DateTimeOffset now)
    {
        if (item.Text("status", "startTime") is not { } start)
        {
            return "";
        }
        var end = item.Text("status", "completionTime");
        return Ages.Since(start, end is null ? now : DateTimeOffset.Parse(end));
    }
}
