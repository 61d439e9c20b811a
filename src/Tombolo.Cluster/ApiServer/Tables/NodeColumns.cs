using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>NAME STATUS ROLES AGE VERSION, and with <c>-o wide</c> addresses and what it runs on.</summary>
internal static class NodeColumns
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static readonly IReadOnlyList<Column> All =
    [
        Column.NameColumn,
        Column.Text("Status", item => Status(item)),
        Column.Text("Roles", Roles),
        Column.Age,
        Column.At("Version", "status", "nodeInfo", "kubeletVersion"),
        Column.Text("Internal-IP", item => Address(item, "InternalIP"), 1),
        Column.Text("External-IP", item => Address(item, "ExternalIP"), 1),
        Column.Text("OS-Image", item => item.Text("status", "nodeInfo", "osImage") ?? "<unknown>", 1),
        Column.Text("Kernel-Version", item => item.Text("status", "nodeInfo", "kernelVersion") ?? "<unknown>", 1),
        Column.Text(
            "Container-Runtime",
            item => item.Text("status", "nodeInfo", "containerRuntimeVersion") ?? "<unknown>",
            1
        ),
    ];

    private static string Status(JsonElement node)
    {
        var ready = node.Items("status", "conditions").FirstOrDefault(c => c.Text("type") == "Ready");
        var status =
            ready.ValueKind == JsonValueKind.Undefined ? "Unknown"
            : ready.Text("status") == "True" ? "Ready"
            : "NotReady";
        return node.Truth("spec", "unschedulable") ? $"{status},SchedulingDisabled" : status;
    }

    private static JsonNode Roles(JsonElement node)
    {
        var roles = node.Fields("metadata", "labels")
            .Where(l => l.Name.StartsWith(RolePrefix, StringComparison.Ordinal))
            .Select(l => l.Name[RolePrefix.Length..])
            .Order(StringComparer.Ordinal);
        return string.Join(',', roles) is { Length: > 0 } all ? all : "<none>";
    }

    private static JsonNode Address(JsonElement node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(a => a.Text("type") == type)
            is { ValueKind: JsonValueKind.Object } found
            ? found.Text("address") ?? "<none>"
            : "<none>";
}
