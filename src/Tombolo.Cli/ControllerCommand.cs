using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tombolo.Cli.Lab;
using Tombolo.Controller;
using Tombolo.Kube;

namespace Tombolo.Cli;

/// <summary><c>tombolo role controller</c>.</summary>
internal static class ControllerCommand
{
    public static Command Create()
    {
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "how to reach the API server; in a pod: not needed",
        };
        var command = new Command(
            "controller",
            "Decides networks, addresses and interfaces; one leads, others stand by."
        )
        {
            kubeconfig,
            Metrics.Option,
        };
        command.SetAction(
            (parsed, cancel) =>
                Stopping.Quietly(
                    async () =>
                    {
                        using var logs = RoleLogs.Create();
                        using var api = KubeApi.From(parsed.GetValue(kubeconfig));
                        var identity = $"{Environment.MachineName}-{Environment.ProcessId}";
                        await Metrics.WithAsync(
                            parsed,
                            logs,
                            () => new ControllerRole(api, identity, logs.CreateLogger("controller")).RunAsync(cancel),
                            cancel
                        );
                    },
                    cancel
                )
        );
        return command;
    }
}
