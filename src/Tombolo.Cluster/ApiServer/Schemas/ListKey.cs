using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What tells the items of a list of type map apart.</summary>
internal static class ListKey
{
    /// <summary>The key fields as JSON: <c>{"containerPort":80,"protocol":"TCP"}</c>; a default stands for an absent one.</summary>
    public static string Of(JsonNode? item, Schema list)
    {
        var key = new JsonObject();
        foreach (var name in list.ListKeys)
        {
            var value = (item as JsonObject)?[name] ?? list.Items?.Target.Properties.GetValueOrDefault(name)?.Default;
            if (value is not null)
            {
                key[name] = value.DeepClone();
            }
        }
        return key.ToJsonString();
    }
}
