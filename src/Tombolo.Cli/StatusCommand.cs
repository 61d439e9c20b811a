using System.CommandLine;
using Tombolo.Tools;

namespace Tombolo.Cli;

/// <summary><c>tombolo status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var kubeconfig = Asking.Kubeconfig();
        var output = Asking.Output();
        var command = new Command(
            "status",
            "Is everything there and in force: servers, nodes, networks. Exit 1 if not."
        )
        {
            kubeconfig,
            output,
        };
        command.SetAction(
            (parsed, cancel) =>
                Asking.RunAsync(
                    parsed.GetValue(kubeconfig),
                    async api =>
                    {
                        var status = await SystemStatus.ReadAsync(api, cancel);
                        Console.Out.WriteLine(parsed.GetValue(output) == "json" ? status.ToJson() : status.ToText());
                        return status.IsWell ? 0 : 1;
                    }
                )
        );
        return command;
    }
}
