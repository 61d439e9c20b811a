using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>events.k8s.io/v1 over core/v1 events: the same objects, other field names.</summary>
internal static class EventView
{
    private static readonly (string Stored, string Seen)[] Fields =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("reportingComponent", "reportingController"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
        ("source", "deprecatedSource"),
    ];

    public static readonly ResourceView View = new(
        "events",
        item => Rename(item, "v1", field => (field.Seen, field.Stored)),
        item => Rename(item, "events.k8s.io/v1", field => (field.Stored, field.Seen))
    );

    private static JsonObject Rename(
        JsonObject item,
        string apiVersion,
        Func<(string Stored, string Seen), (string From, string To)> direction
    )
    {
        item["apiVersion"] = apiVersion;
        foreach (var (from, to) in Fields.Select(direction))
        {
            if (item.Remove(from, out var value))
            {
                item[to] = value;
            }
        }
        return item;
    }
}
