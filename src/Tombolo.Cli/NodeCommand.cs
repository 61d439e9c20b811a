using System.CommandLine;
using Tombolo.Tools;

namespace Tombolo.Cli;

/// <summary><c>tombolo node dump</c>.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var node = new Argument<string>("NODE") { Description = "name of the node" };
        var network = new Option<string?>("--network")
        {
            Description = "of this virtual network alone, namespace/name",
        };
        var kubeconfig = Asking.Kubeconfig();
        var output = Asking.Output();
        var dump = new Command("dump", "What a node was told, and what its kernel's maps hold, in words.")
        {
            node,
            network,
            kubeconfig,
            output,
        };
        dump.SetAction(
            (parsed, cancel) =>
                Asking.RunAsync(
                    parsed.GetValue(kubeconfig),
                    async api =>
                    {
                        using var door = await DoorClient.OpenAsync(api, cancel);
                        var answer = await door.DumpAsync(
                            parsed.GetRequiredValue(node),
                            parsed.GetValue(network),
                            cancel
                        );
                        Console.Out.WriteLine(
                            parsed.GetValue(output) == "json"
                                ? answer.ToJsonString(NodeDumpText.Indented)
                                : NodeDumpText.Of(answer)
                        );
                        return 0;
                    }
                )
        );
        return new Command("node", "Questions to one node.") { dump };
    }
}
