using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric;
using Tombolo.Fabric.Intent;
using Tombolo.Values;
using Model = Tombolo.Fabric.Fabric;
using Whole = Tombolo.Tests.Topology.Topology;

namespace Tombolo.Tests.FabricModel;

/// <summary>The product's model, fed a topology as its controller and its agents would.</summary>
internal sealed class ModelOfTopology
{
    private static readonly string[] Nodes = ["node-1", "node-2", "node-3"];
    private readonly Dictionary<string, string> networks = new(StringComparer.Ordinal);

    public ModelOfTopology(Whole topology)
    {
        foreach (var space in topology.Namespaces)
        {
            Fabric.PutNamespace(space.Metadata.Name, space.Metadata.Labels);
        }
        Fabric.Put(topology.Config);
        foreach (var node in Nodes)
        {
            Fabric.Put(Cluster.Node(node), Cluster.Facts($"172.30.{node[^1]}.2"));
        }
        topology.Grants.ToList().ForEach(Fabric.Put);
        topology.Subnets.ToList().ForEach(Fabric.Put);
        topology.Networks.ToList().ForEach(Fabric.Put);
        WithPeers(topology).ForEach(Fabric.Put);
        var number = 0;
        foreach (var pod in topology.Pods)
        {
            Attach(topology, pod, (uint)++number);
        }
        Fabric.Flush();
    }

    public Model Fabric { get; } = new();

    /// <summary><c>ns/vn</c> of a pod's primary network as the controller decides it; null: it waits.</summary>
    public string? NetworkOf(string pod) => networks.GetValueOrDefault(pod);

    public SortedSet<(string From, string To, string Address)> Reaches() =>
        new(Fabric.Reaches().Select(one => (PodOf(one.From), PodOf(one.To), one.Address.ToString())));

    public string Leads(string pod, string address) =>
        Fabric.Lead($"uid {pod}", Address.Parse(address)) switch
        {
            { Target: PathTarget.Interface } path => PodOf(path.InterfaceUid),
            { Target: PathTarget.Drop, Reason: DropReason.StaticDrop } => Topology.Oracle.Dropped,
            _ => Topology.Oracle.Nobody,
        };

    private static string PodOf(string uid) => uid["uid ".Length..];

    // What the controller decides for pairs of routers: here, every pair that they mean.
    private static List<VirtualNetworkRouter> WithPeers(Whole topology)
    {
        IDictionary<string, string>? Labels(string name) =>
            topology.Namespaces.FirstOrDefault(space => space.Metadata.Name == name) is { } space
                ? space.Metadata.Labels ?? new Dictionary<string, string>()
                : null;
        return
        [
            .. topology.Routers.Select(router =>
                router with
                {
                    Status = router.Status! with
                    {
                        Peers =
                        [
                            .. topology
                                .Routers.Where(other => RouterIntent.ArePeers(router, other, Labels))
                                .Select(other => other.ObjectName().ToString()),
                        ],
                    },
                }
            ),
        ];
    }

    private void Attach(Whole topology, V1Pod pod, uint number)
    {
        var name = $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
        if (Decide(topology, pod) is not { } decided)
        {
            return;
        }
        networks[name] = decided.Network;
        var made = Cluster.Interface(name, decided.Network, [.. topology.Addresses[name]]);
        made.Metadata.Uid = $"uid {name}";
        var node = Nodes[number % Nodes.Length];
        Fabric.Put(
            made with
            {
                Spec = made.Spec with { Allowed = [.. decided.Allowed.Select(prefix => prefix.ToString())] },
            }
        );
        Fabric.Bind(name, node);
        Fabric.Report(Cluster.Node(node), made.Metadata.Uid, new InterfaceReported(new Label(15 + number), true));
    }

    private static (string Network, List<Prefix> Allowed)? Decide(Whole topology, V1Pod pod)
    {
        var space = topology.Namespaces.First(one => one.Metadata.Name == pod.Metadata.NamespaceProperty);
        IDictionary<string, string>? Labels(string name) =>
            topology.Namespaces.FirstOrDefault(one => one.Metadata.Name == name)?.Metadata.Labels
            ?? (topology.Namespaces.Any(one => one.Metadata.Name == name) ? new Dictionary<string, string>() : null);
        if (!Attachment.Of(pod, space, topology.Config.Spec, out var attachment).IsAccepted)
        {
            return null;
        }
        var network = topology.Networks.FirstOrDefault(one => one.ObjectName() == attachment!.Network);
        if (!attachment!.JudgeConsent(pod, network, Labels).IsAccepted)
        {
            return null;
        }
        var around = new NetworkIntent.Surroundings(
            subnet => topology.Subnets.FirstOrDefault(one => one.ObjectName() == subnet),
            Labels,
            ConfigIntent.SystemSubnets(topology.Config.Spec)
        )
        {
            Grants = topology.Grants,
        };
        return
            NetworkIntent.Judge(network!, around, out var subnets).IsAccepted
            && network!.Status?.VrfIndex is not null
            && subnets.Count > 0
            && AllowedIntent.Of(pod, network, subnets.Select(one => one.Intent), out var allowed).IsAccepted
            ? (attachment.Network.ToString(), allowed)
            : null;
    }
}
