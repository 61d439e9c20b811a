using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>JSON merge patch (RFC 7386): null removes, objects merge, all else replaces.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }
        var result = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                result.Remove(name);
                continue;
            }
            var current = result[name];
            var merged = Apply(current, change);
            if (!ReferenceEquals(merged, current))
            {
                result[name] = merged;
            }
        }
        return result;
    }
}
