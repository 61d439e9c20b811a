using Tombolo.Values.Drops;

namespace Tombolo.Tools.Drops;

/// <summary>Counters of all nodes for the screen, the most first, each reason with what it means.</summary>
public static class DropTable
{
    public static string Of(IEnumerable<NodeDrops> nodes)
    {
        var rows = nodes
            .SelectMany(node => (node.Counted ?? []).Select(drop => (node.Node, Drop: drop)))
            .OrderByDescending(row => row.Drop.Packets)
            .ThenBy(row => row.Node, StringComparer.Ordinal)
            .ToList();
        if (rows.Count == 0)
        {
            return "no packet was dropped" + Environment.NewLine;
        }
        var table = new TextTable("NODE", "NETWORK", "DIRECTION", "REASON", "PACKETS", "OCTETS", "MEANS");
        foreach (var (node, drop) in rows)
        {
            table.Add(
                node,
                drop.Network.Length == 0 ? "-" : drop.Network,
                drop.Direction,
                drop.Reason,
                $"{drop.Packets}",
                $"{drop.Bytes}",
                DropMeanings.Of(drop.Reason)
            );
        }
        return table.ToString();
    }
}
