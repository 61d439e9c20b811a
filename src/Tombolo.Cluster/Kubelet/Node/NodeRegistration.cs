using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Kubelet;

/// <summary>The Node object and its Lease: that the node is there, what it offers, and whether it is ready.</summary>
internal sealed partial class NodeRegistration(KubeletOptions options, ClusterClient client, int port, ILogger log)
{
    private const string LeaseNamespace = "kube-node-lease";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private V1Node? node;
    private bool? wasReady;
    private DateTime renewed;

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await LookAsync(cancel);
            }
            catch (Exception broken) when (Transient.Is(broken))
            {
                LogAway(log, options.NodeName, broken.Message);
            }
            await Task.Delay(LookEvery, options.Time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Every second it looks whether pods can have a network; at the lease's pace it says that it lives.</summary>
    private async Task LookAsync(CancellationToken cancel)
    {
        var ready = NetworkConfig.FirstIn(options.CniConfigDirectory) is not null;
        var due = client.Now - renewed >= options.LeaseInterval;
        if (!due && ready == wasReady)
        {
            return;
        }
        node = await client.FindAsync<V1Node>(null, options.NodeName, cancel) ?? await CreateAsync(cancel);
        await LabelAsync(node, cancel);
        await WriteStatusAsync(node, ready, cancel);
        if (due)
        {
            await RenewAsync(cancel);
            renewed = client.Now;
        }
        wasReady = ready;
    }

    private async Task<V1Node> CreateAsync(CancellationToken cancel)
    {
        var made = await client.CreateAsync(
            new V1Node
            {
                ApiVersion = "v1",
                Kind = "Node",
                Metadata = new() { Name = options.NodeName, Labels = Labels() },
            },
            cancel
        );
        LogRegistered(log, options.NodeName, options.NodeAddress.ToString());
        return made;
    }

    private Dictionary<string, string> Labels() =>
        new(options.Labels)
        {
            ["kubernetes.io/hostname"] = options.NodeName,
            ["kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] =
                System.Runtime.InteropServices.RuntimeInformation.OSArchitecture
                == System.Runtime.InteropServices.Architecture.Arm64
                    ? "arm64"
                    : "amd64",
        };

    private async Task LabelAsync(V1Node node, CancellationToken cancel)
    {
        var missing = Labels()
            .Where(label => node.Metadata.Labels?.TryGetValue(label.Key, out var has) != true || has != label.Value)
            .ToDictionary();
        if (missing.Count > 0)
        {
            var patch = KubernetesJson.Serialize(new { metadata = new { labels = missing } });
            await client.PatchAsync<V1Node>(null, options.NodeName, patch, null, cancel);
        }
    }

    private async Task WriteStatusAsync(V1Node node, bool ready, CancellationToken cancel)
    {
        var status = NodeStatus.Of(options, port, node.Status, ready, client.Now);
        if (NodeStatus.SaysTheSame(node.Status, status))
        {
            return;
        }
        var body = (JsonObject)JsonNode.Parse(KubernetesJson.Serialize(status))!; // an object, since we serialized one
        var patch = new JsonObject { ["status"] = body }.ToJsonString();
        await client.PatchAsync<V1Node>(null, options.NodeName, patch, "status", cancel);
        LogReady(log, options.NodeName, ready);
    }

    private async Task RenewAsync(CancellationToken cancel)
    {
        var lease = await client.FindAsync<V1Lease>(LeaseNamespace, options.NodeName, cancel);
        if (lease is not null)
        {
            lease.Spec.RenewTime = client.Now;
            await client.UpdateAsync(lease, null, cancel);
            return;
        }
        if (await client.FindAsync<V1Namespace>(null, LeaseNamespace, cancel) is null)
        {
            await client.CreateAsync(
                new V1Namespace
                {
                    ApiVersion = "v1",
                    Kind = "Namespace",
                    Metadata = new() { Name = LeaseNamespace },
                },
                cancel
            );
        }
        await client.CreateAsync(NewLease(), cancel);
    }

    private V1Lease NewLease() =>
        new()
        {
            ApiVersion = "coordination.k8s.io/v1",
            Kind = "Lease",
            Metadata = new()
            {
                Name = options.NodeName,
                NamespaceProperty = LeaseNamespace,
                OwnerReferences =
                [
                    new()
                    {
                        ApiVersion = "v1",
                        Kind = "Node",
                        Name = options.NodeName,
                        Uid = node!.Metadata.Uid, // registered before its lease
                    },
                ],
            },
            Spec = new()
            {
                HolderIdentity = options.NodeName,
                LeaseDurationSeconds = 40,
                RenewTime = client.Now,
            },
        };

    [LoggerMessage(LogLevel.Information, "node {Name} registered with {Address}")]
    private static partial void LogRegistered(ILogger log, string name, string address);

    [LoggerMessage(LogLevel.Information, "node {Name}: ready {Ready}")]
    private static partial void LogReady(ILogger log, string name, bool ready);

    [LoggerMessage(LogLevel.Warning, "node {Name}: heartbeat not written: {Why}")]
    private static partial void LogAway(ILogger log, string name, string why);
}
