using System.CommandLine;
using System.Net;
using Tombolo.Cli.Lab;
using Tombolo.Kube;
using Tombolo.RouteServer;

namespace Tombolo.Cli;

/// <summary><c>tombolo role routeserver</c>.</summary>
internal static class RouteServerCommand
{
    public static Command Create()
    {
        var kubeconfig = new Option<string?>("--kubeconfig")
        {
            Description = "how to reach the API server; in a pod: not needed",
        };
        var name = new Option<string>("--name")
        {
            Description = "name of this route server",
            DefaultValueFactory = _ => Environment.MachineName,
        };
        var listen = new Option<string>("--listen")
        {
            Description = "where agents connect, address:port",
            Required = true,
        };
        var door = new Option<string>("--door")
        {
            Description = "URL under which operators reach its door",
            Required = true,
        };
        var socket = new Option<ulong?>("--door-socket") { Description = "descriptor of a bound socket for the door" };
        var command = new Command("routeserver", "Derives what each node must hold and streams it to the agents.")
        {
            kubeconfig,
            Metrics.Option,
            name,
            listen,
            door,
            socket,
        };
        command.SetAction(
            (parsed, cancel) =>
                Stopping.Quietly(
                    async () =>
                    {
                        using var logs = RoleLogs.Create();
                        using var api = KubeApi.From(parsed.GetValue(kubeconfig));
                        var options = new RouteServerOptions(
                            parsed.GetRequiredValue(name),
                            IPEndPoint.Parse(parsed.GetRequiredValue(listen)),
                            new Uri(parsed.GetRequiredValue(door)),
                            parsed.GetValue(socket)
                        );
                        await Metrics.WithAsync(
                            parsed,
                            logs,
                            () => new RouteServerRole(api, options, logs).RunAsync(cancel),
                            cancel
                        );
                    },
                    cancel
                )
        );
        return command;
    }
}
