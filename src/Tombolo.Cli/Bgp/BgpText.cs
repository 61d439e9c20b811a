using System.Text;
using System.Text.Json;
using Tombolo.Bgp.Speaking;

namespace Tombolo.Cli.Bgp;

/// <summary>Answers as tables for the screen.</summary>
internal static class BgpText
{
    public static string Render(string question, JsonElement answer) =>
        question switch
        {
            "peers" => Peers(Read<NeighborView[]>(answer)),
            "tables" => Table(
                ["FAMILY", "DESTINATIONS", "PATHS", "GROUPS", "ADVERTISED", "OCTETS"],
                Read<TableView[]>(answer)
                    .Select(row =>
                        new[]
                        {
                            row.Family,
                            $"{row.Destinations}",
                            $"{row.Paths}",
                            $"{row.Groups}",
                            $"{row.Advertised}",
                            $"{row.Octets}",
                        }
                    )
            ),
            "routes" or "received" or "advertised" => Routes(Read<RouteView[]>(answer)),
            "explain" => Explain(Read<ExplainView[]>(answer)),
            _ => answer.ValueKind == JsonValueKind.False ? "no" : "done",
        };

    private static T Read<T>(JsonElement answer) =>
        answer.Deserialize<T>(ControlSocket.Json) ?? throw new JsonException("empty answer");

    private static string Peers(NeighborView[] peers) =>
        Table(
            ["NEIGHBOR", "ADDRESS", "AS", "STATE", "UP", "FAMILY", "RECEIVED", "ADVERTISED", "LAST ERROR"],
            peers.SelectMany(peer =>
                peer.Families.Select(
                    (family, at) =>
                        new[]
                        {
                            at == 0 ? peer.Name : "",
                            at == 0 ? peer.Address : "",
                            at == 0 ? $"{peer.As}" : "",
                            at == 0 ? peer.State : "",
                            at == 0 && peer.UpSeconds is { } seconds ? $"{TimeSpan.FromSeconds((long)seconds)}" : "",
                            family.Name,
                            $"{family.Received}" + (family.Stale ? " stale" : ""),
                            $"{family.Advertised}" + (family.Up && !family.InStep ? " …" : ""),
                            at == 0 ? peer.LastError : "",
                        }
                )
            )
        );

    private static string Routes(RouteView[] routes) =>
        Table(
            ["ROUTE", "STATUS", "FROM", "NEXT HOP", "LABEL", "AS PATH", "OTHER"],
            routes.Select(route =>
                new[]
                {
                    route.Route + (route.PathId is { } id ? $" #{id}" : ""),
                    route.Status,
                    route.From,
                    route.NextHop,
                    route.Label ?? "",
                    route.Attributes.GetValueOrDefault("as-path", ""),
                    Other(route.Attributes),
                }
            )
        );

    private static string Explain(ExplainView[] views)
    {
        if (views.Length == 0)
        {
            return "no such route in any family";
        }
        var text = new StringBuilder();
        foreach (var view in views)
        {
            text.AppendLine($"{view.Route} ({view.Family})");
            foreach (var (path, verdict) in view.Paths)
            {
                text.AppendLine(
                    $"  from {path.From} next hop {path.NextHop} path [{path.Attributes.GetValueOrDefault("as-path", "")}]"
                );
                text.AppendLine($"      {verdict}");
            }
            foreach (var sent in view.Neighbors)
            {
                text.AppendLine($"  to {sent.Neighbor}: {(sent.Sent ? sent.Why : "not sent: " + sent.Why)}");
            }
        }
        return text.ToString().TrimEnd();
    }

    private static string Other(Dictionary<string, string> attributes) =>
        string.Join(
            ' ',
            attributes
                .Where(row => row.Key is not ("as-path" or "origin"))
                .Select(row => $"{row.Key}={row.Value.Replace(' ', ',')}")
        );

    private static string Table(string[] heads, IEnumerable<string[]> rows)
    {
        var all = rows.Prepend(heads).ToArray();
        var widths = heads.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        return string.Join(
            '\n',
            all.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())
        );
    }
}
