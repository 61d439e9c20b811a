using System.Text.Json.Nodes;

namespace Tombolo.Lab.Supervision;

/// <summary>The CNI configuration list of a node.</summary>
internal static class ConfList
{
    public static string Of(string agentSocket) =>
        new JsonObject
        {
            ["cniVersion"] = "1.1.0",
            ["name"] = "tombolo",
            ["plugins"] = new JsonArray(new JsonObject { ["type"] = "tombolo-cni", ["socket"] = agentSocket }),
        }.ToJsonString() + "\n";
}
