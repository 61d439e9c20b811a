using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Controllers;

/// <summary>The cluster's own controllers, in one process: Deployments, ReplicaSets, the lives of nodes.</summary>
public static class ClusterControllers
{
    public static Task RunAsync(string kubeconfig, CancellationToken cancel) =>
        RunAsync(new ControllersOptions { Kubeconfig = kubeconfig }, cancel);

    /// <summary>Until cancelled.</summary>
    public static async Task RunAsync(ControllersOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        var log = options.Loggers.CreateLogger("Tombolo.Cluster.Controllers");
        using var client = ClusterClient.From(options.Kubeconfig, options.Time);
        var pods = new Mirror<V1Pod>(client, log);
        var nodes = new Mirror<V1Node>(client, log);
        var leases = new Mirror<V1Lease>(client, log);
        var sets = new Mirror<V1ReplicaSet>(client, log);
        var deployments = new Mirror<V1Deployment>(client, log);
        var ofSets = new EventRecorder(client, "replicaset-controller", null, log);
        var ofDeployments = new EventRecorder(client, "deployment-controller", null, log);
        var ofNodes = new EventRecorder(client, "node-controller", null, log);
        var replicaSets = new ReplicaSetController(client, sets, pods, ofSets);
        var rollouts = new DeploymentController(client, sets, pods, ofDeployments);
        var lives = new NodeLifecycle(client, nodes, leases, ofNodes, options.NodeGrace, log);
        var evictions = new Evictions(client, nodes, pods, ofNodes, log);
        await Loops.RunAsync(
            cancel,
            pods.RunAsync,
            nodes.RunAsync,
            leases.RunAsync,
            sets.RunAsync,
            deployments.RunAsync,
            ofSets.RunAsync,
            ofDeployments.RunAsync,
            ofNodes.RunAsync,
            new ControlLoop<V1ReplicaSet>(client, sets, replicaSets.ReconcileAsync, log)
                .Also(pods, replicaSets.OwnerOf)
                .RunAsync,
            new ControlLoop<V1Deployment>(client, deployments, rollouts.ReconcileAsync, log)
                .Also(sets, deployments.OwnerOf)
                .RunAsync,
            lives.RunAsync,
            evictions.RunAsync
        );
    }
}
