using System.Globalization;
using System.Text.Json;
using Tombolo.Values.Drops;

namespace Tombolo.Tools.Drops;

/// <summary>Followed drops for the screen: a line each; which nodes are silent, and which came back, on another stream.</summary>
public sealed class DropLines(TextWriter output, TextWriter trouble, bool json)
{
    private readonly HashSet<string> silent = new(StringComparer.Ordinal);

    public void Write(NodeDrops said)
    {
        if (said.Error is not null)
        {
            silent.Add(said.Node);
            trouble.WriteLine($"tombolo: node {said.Node}: {said.Error}");
            return;
        }
        if (silent.Remove(said.Node))
        {
            trouble.WriteLine($"tombolo: node {said.Node} is followed");
        }
        foreach (var drop in said.Sampled ?? [])
        {
            output.WriteLine(json ? Json(said.Node, drop) : Line(said.Node, drop));
        }
    }

    /// <summary>Time of day, node, direction, network, reason, from, to, protocol, pod.</summary>
    public static string Line(string node, SampledDrop drop)
    {
        ArgumentNullException.ThrowIfNull(drop);
        return string.Join(
            ' ',
            drop.Time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture),
            node,
            drop.Direction,
            drop.Network.Length == 0 ? "-" : drop.Network,
            drop.Reason,
            End(drop.Source, drop.SourcePort),
            ">",
            End(drop.Destination, drop.DestinationPort),
            drop.Protocol,
            drop.Pod is null ? drop.Device : $"pod {drop.Pod}"
        );
    }

    private static string End(string? address, int port) =>
        address is null ? "-"
        : address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}"
        : $"{address}:{port}";

    private static string Json(string node, SampledDrop drop)
    {
        var line = JsonSerializer.SerializeToNode(drop, JsonSerializerOptions.Web)!.AsObject();
        line.Insert(0, "node", node);
        return line.ToJsonString();
    }
}
