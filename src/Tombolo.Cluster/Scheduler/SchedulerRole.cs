using k8s.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Scheduler;

/// <summary>Binds pods that have no node to one.</summary>
public static class SchedulerRole
{
    public static Task RunAsync(string kubeconfig, CancellationToken cancel) =>
        RunAsync(kubeconfig, NullLoggerFactory.Instance, cancel);

    /// <summary>Until cancelled.</summary>
    public static async Task RunAsync(string kubeconfig, ILoggerFactory loggers, CancellationToken cancel)
    {
        var log = loggers.CreateLogger("Tombolo.Cluster.Scheduler");
        using var client = ClusterClient.From(kubeconfig);
        var pods = new Mirror<V1Pod>(client, log);
        var nodes = new Mirror<V1Node>(client, log);
        var events = new EventRecorder(client, SchedulingLoop.Name, null, log);
        var loop = new SchedulingLoop(client, pods, nodes, events, log);
        await Loops.RunAsync(cancel, pods.RunAsync, nodes.RunAsync, events.RunAsync, loop.RunAsync);
    }
}
