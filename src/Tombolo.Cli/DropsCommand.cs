using System.CommandLine;
using System.Text.Json;
using Tombolo.Tools;
using Tombolo.Tools.Drops;
using Tombolo.Values.Drops;

namespace Tombolo.Cli;

/// <summary><c>tombolo drops</c>.</summary>
internal static class DropsCommand
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerOptions.Web) { WriteIndented = true };

    public static Command Create()
    {
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "show dropped packets as they happen, until ctrl-C; with -o json a line each",
        };
        var node = new Option<string?>("--node") { Description = "of this node alone" };
        var network = new Option<string?>("--vrf") { Description = "of this virtual network alone, NAMESPACE/NAME" };
        var reason = new Option<string?>("--reason") { Description = "for this reason alone, e.g. no_route" };
        var kubeconfig = Asking.Kubeconfig();
        var output = Asking.Output();
        var command = new Command(
            "drops",
            "What nodes dropped, by network, direction and reason. Exit 1 if a node did not answer."
        )
        {
            follow,
            node,
            network,
            reason,
            kubeconfig,
            output,
        };
        command.SetAction(
            (parsed, cancel) =>
                Asking.RunAsync(
                    parsed.GetValue(kubeconfig),
                    async api =>
                    {
                        var filter = new DropFilter(parsed.GetValue(network), parsed.GetValue(reason));
                        filter.Check();
                        using var door = await DoorClient.OpenAsync(api, cancel);
                        var follows = parsed.GetValue(follow);
                        var said = door.DropsAsync(parsed.GetValue(node), filter.Network, follows, cancel);
                        var json = parsed.GetValue(output) == "json";
                        return follows
                            ? await Stopping.Quietly(() => FollowAsync(said, filter, json), cancel)
                            : await CountAsync(said, filter, json);
                    }
                )
        );
        return command;
    }

    private static async Task FollowAsync(IAsyncEnumerable<NodeDrops> said, DropFilter filter, bool json)
    {
        var lines = new DropLines(Console.Out, Console.Error, json);
        await foreach (var one in said)
        {
            lines.Write(filter.Apply(one));
        }
        throw new ToolException("the route server ended the answer");
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<NodeDrops> said, DropFilter filter, bool json)
    {
        var nodes = new List<NodeDrops>();
        await foreach (var one in said)
        {
            nodes.Add(filter.Apply(one));
        }
        nodes.Sort((one, other) => string.CompareOrdinal(one.Node, other.Node));
        Console.Out.Write(json ? JsonSerializer.Serialize(nodes, Indented) + Environment.NewLine : DropTable.Of(nodes));
        foreach (var silent in nodes.Where(one => one.Error is not null))
        {
            await Console.Error.WriteLineAsync($"tombolo: node {silent.Node}: {silent.Error}");
        }
        return nodes.Any(one => one.Error is not null) ? 1 : 0;
    }
}
