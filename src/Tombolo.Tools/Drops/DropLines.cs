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
            output.WriteLine(json ? Json(said.Node, drop) : drop.ToLine(said.Node));
        }
    }

    private static string Json(string node, SampledDrop drop)
    {
        var line = JsonSerializer.SerializeToNode(drop, JsonSerializerOptions.Web)!.AsObject();
        line.Insert(0, "node", node);
        return line.ToJsonString();
    }
}
