using System.CommandLine;
using System.Net;
using Tombolo.Cluster.ApiServer;
using Tombolo.Lab;

namespace Tombolo.Cli.Lab;

/// <summary><c>tombolo role cluster</c>: API server, controllers and scheduler in one process.</summary>
internal static class ClusterCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = "directory of the database and the keys",
            Required = true,
        };
        var listen = new Option<string>("--listen")
        {
            Description = "where the cluster's own reach the API server, address:port",
            Required = true,
        };
        var socket = new Option<ulong?>("--api-socket")
        {
            Description = "descriptor of a bound socket to listen on too",
        };
        var server = new Option<string?>("--server")
        {
            Description = "URL by which users reach it, for their kubeconfig",
        };
        var kubeconfig = new Option<string>("--kubeconfig") { Description = "written for users", Required = true };
        var inner = new Option<string>("--inner-kubeconfig")
        {
            Description = "written for roles, with the address of --listen",
            Required = true,
        };
        var token = new Option<string?>("--kubelet-token-file") { Description = "holds the token shown to kubelets" };
        var command = new Command("cluster", "A small Kubernetes: API server, controllers, scheduler.")
        {
            data,
            listen,
            socket,
            server,
            kubeconfig,
            inner,
            token,
            Metrics.Option,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                using var logs = RoleLogs.Create();
                var endpoint = IPEndPoint.Parse(parsed.GetRequiredValue(listen));
                var innerPath = parsed.GetRequiredValue(inner);
                var options = new ApiServerOptions
                {
                    DataDirectory = parsed.GetRequiredValue(data),
                    Listen = [endpoint],
                    ListenHandles = parsed.GetValue(socket) is { } handle ? [handle] : [],
                    Kubeconfigs =
                    [
                        new KubeconfigFile(parsed.GetRequiredValue(kubeconfig), parsed.GetValue(server)),
                        new KubeconfigFile(innerPath, $"https://{endpoint}"),
                    ],
                    KubeletToken = parsed.GetValue(token) is { } file
                        ? (await File.ReadAllTextAsync(file, cancel)).Trim()
                        : null,
                    Loggers = logs,
                };
                return await Stopping.Quietly(
                    () =>
                        Metrics.WithAsync(parsed, logs, () => ClusterRole.RunAsync(options, innerPath, cancel), cancel),
                    cancel
                );
            }
        );
        return command;
    }
}
