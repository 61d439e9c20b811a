using System.Text.Json;

namespace Tombolo.Cluster.Client;

/// <summary>One line of a watch: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR and its object.</summary>
internal sealed record WatchLine(string Type, JsonElement Object)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
}
