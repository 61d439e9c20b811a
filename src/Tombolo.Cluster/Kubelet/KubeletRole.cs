using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Kubelet;

/// <summary>The kubelet of one node, over namespaces instead of a container runtime.</summary>
public static partial class KubeletRole
{
    /// <summary>Until cancelled; the pods run on, and the next kubelet with this state takes them over.</summary>
    public static async Task RunAsync(KubeletOptions options, ISandbox sandbox, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        var log = options.Loggers.CreateLogger("Tombolo.Cluster.Kubelet");
        Directory.CreateDirectory(options.StateDirectory);
        using var client = ClusterClient.From(options.Kubeconfig, options.Time);
        using var starts = new SemaphoreSlim(options.ParallelStarts);
        var events = new EventRecorder(client, "kubelet", options.NodeName, log);
        var services = new PodServices(
            options,
            sandbox,
            client,
            new CniRuntime(options.CniBinaryDirectories),
            events,
            new ContainerEnvironment(client, options.NodeName),
            starts,
            log
        );
        var mirror = new Mirror<V1Pod>(client, log, $"spec.nodeName={options.NodeName}");
        var pods = new PodSet(services, mirror);
        await using var server = await KubeletServer.StartAsync(services, pods, cancel);
        LogServing(log, options.NodeName, options.NodeAddress.ToString(), server.Port);
        var node = new NodeRegistration(options, client, server.Port, log);
        await Loops.RunAsync(
            cancel,
            mirror.RunAsync,
            pods.RunAsync,
            node.RunAsync,
            events.RunAsync,
            server.Logs.RunAsync
        );
    }

    [LoggerMessage(LogLevel.Information, "kubelet of {Node} serves logs and exec on {Address} port {Port}")]
    private static partial void LogServing(ILogger log, string node, string address, int port);
}
