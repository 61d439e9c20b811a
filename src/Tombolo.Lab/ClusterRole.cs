using Tombolo.Cluster.ApiServer;
using Tombolo.Cluster.Client;
using Tombolo.Cluster.Controllers;
using Tombolo.Cluster.Scheduler;

namespace Tombolo.Lab;

/// <summary>What a control plane's machine runs, in one process: API server, controllers, scheduler.</summary>
public static class ClusterRole
{
    /// <summary>Until cancelled.</summary>
    /// <param name="kubeconfig">By which controllers and scheduler ask; one of those that the API server writes.</param>
    public static async Task RunAsync(ApiServerOptions options, string kubeconfig, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        await using var api = await KubeApiServer.StartAsync(options, cancel);
        var controllers = new ControllersOptions { Kubeconfig = kubeconfig, Loggers = options.Loggers };
        await Loops.RunAsync(
            cancel,
            stop => ClusterControllers.RunAsync(controllers, stop),
            stop => SchedulerRole.RunAsync(kubeconfig, options.Loggers, stop)
        );
    }
}
