using System.Text;
using System.Text.Json;
using Tombolo.Api;
using Tombolo.Api.Door;
using Tombolo.Api.Kinds;
using Tombolo.Kube;

namespace Tombolo.Tools;

/// <summary>The whole system at a glance: the route server that answered, nodes, networks, interfaces.</summary>
public sealed record SystemStatus(
    ServerStatus Server,
    IReadOnlyList<NetworkStatus> Networks,
    int Interfaces,
    int Programmed
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { WriteIndented = true };

    public bool IsWell =>
        Server.Synced
        && Server.Nodes.All(node => node is { Ready: true, Connected: true, Errors.Count: 0 })
        && Networks.All(network => network.Ready)
        && Programmed == Interfaces;

    public static async Task<SystemStatus> ReadAsync(KubeApi api, CancellationToken cancel)
    {
        using var door = await DoorClient.OpenAsync(api, cancel);
        var server = await door.StatusAsync(cancel);
        var networks = await api.ListAsync<VirtualNetwork>(null, cancel: cancel);
        var interfaces = await api.ListAsync<NetworkInterface>(null, cancel: cancel);
        return new SystemStatus(
            server,
            [
                .. networks
                    .Items.OrderBy(network => network.ObjectName())
                    .Select(network => new NetworkStatus(
                        network.ObjectName().ToString(),
                        network.Status?.Vni,
                        network.Status?.Pods ?? 0,
                        Conditions.IsTrue(network.Status?.Conditions, Conditions.Ready),
                        Conditions.Find(network.Status?.Conditions, Conditions.Ready)?.Message ?? "not looked at yet"
                    )),
            ],
            interfaces.Items.Count,
            interfaces.Items.Count(one => Conditions.IsTrue(one.Status?.Conditions, Conditions.Programmed))
        );
    }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"route server {Server.Server}: {(Server.Synced ? "in sync" : "NOT IN SYNC")}, version {Server.Version}"
        );
        text.AppendLine();
        var nodes = new TextTable("NODE", "READY", "AGENT", "HOLDS", "VERSION", "NOTES");
        foreach (var node in Server.Nodes)
        {
            var behind = node.Told > node.Acknowledged;
            nodes.Add(
                node.Name,
                node.Ready ? "yes" : "NO",
                node.Connected ? "connected" : "LOST",
                !node.Connected ? "-"
                    : behind ? $"{node.Acknowledged} of {node.Told}"
                    : "all",
                node.Version,
                string.Join("; ", node.Errors.Concat(node.Warnings))
            );
        }
        text.AppendLine(nodes.ToString());
        var networks = new TextTable("NETWORK", "VNI", "PODS", "READY", "WHY NOT");
        foreach (var network in Networks)
        {
            networks.Add(
                network.Name,
                $"{network.Vni}",
                $"{network.Pods}",
                network.Ready ? "yes" : "NO",
                network.Ready ? "" : network.Why
            );
        }
        text.AppendLine(networks.ToString());
        text.Append($"{Programmed} of {Interfaces} interfaces programmed on every node that needs them");
        return text.ToString();
    }
}

/// <summary>A network at a glance.</summary>
public sealed record NetworkStatus(string Name, int? Vni, int Pods, bool Ready, string Why);
