using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE.</summary>
internal static class ServiceColumns
{
    public static readonly IReadOnlyList<Column> All =
    [
        Column.NameColumn,
        Column.At("Type", "spec", "type"),
        Column.Text("Cluster-IP", item => item.Text("spec", "clusterIP") is { Length: > 0 } ip ? ip : "<none>"),
        Column.Text("External-IP", External),
        Column.Text("Port(s)", item => BuiltInColumns.Joined(item.Items("spec", "ports").Select(Port), "<none>")),
        Column.Age,
        Column.Text("Selector", Selector, 1),
    ];

    private static JsonNode External(JsonElement service)
    {
        var loadBalancer = service
            .Items("status", "loadBalancer", "ingress")
            .Select(entry => entry.Text("ip") ?? entry.Text("hostname") ?? "");
        return service.Text("spec", "type") switch
        {
            "ExternalName" => service.Text("spec", "externalName") ?? "<none>",
            "LoadBalancer" => BuiltInColumns.Joined(loadBalancer, "<pending>"),
            _ => BuiltInColumns.Joined(service.Items("spec", "externalIPs").Select(e => e.GetString() ?? ""), "<none>"),
        };
    }

    private static string Port(JsonElement port)
    {
        var node = port.Whole("nodePort") is { } number and > 0 ? $":{number}" : "";
        return $"{port.Whole("port")}{node}/{port.Text("protocol") ?? "TCP"}";
    }

    private static JsonNode Selector(JsonElement service) =>
        BuiltInColumns.Joined(
            service.Fields("spec", "selector").Select(l => $"{l.Name}={l.Value.GetString()}"),
            "<none>"
        );
}
