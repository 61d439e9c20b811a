using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>
/// The pure model: from the cluster's objects and what agents report it derives what each node must hold. Put inputs in any
/// order, then <see cref="Flush"/>: the sum of all deltas depends on the inputs alone, never on their order. A change costs
/// what it changes. Not safe for several threads: one loop owns it.
/// </summary>
public sealed partial class Fabric
{
    private readonly Dictionary<ObjectName, VirtualNetwork> networks = [];
    private readonly Dictionary<ObjectName, Subnet> subnets = [];
    private readonly Dictionary<string, IDictionary<string, string>?> namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectName, PodFacts> pods = [];
    private readonly Dictionary<NodeName, NodeFacts> nodes = [];
    private readonly Dictionary<(NodeName Node, string Uid), InterfaceReported> reports = [];
    private readonly Dictionary<NodeName, HashSet<string>> reportedBy = [];
    private readonly Dictionary<ObjectName, string> interfaceUids = [];
    private readonly Dictionary<string, Attached> interfaces = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectName, HashSet<string>> interfacesOfPod = [];
    private readonly Dictionary<NodeName, HashSet<string>> interfacesOfNode = [];
    private readonly Dictionary<ObjectName, HashSet<ObjectName>> networksOfSubnet = [];
    private static readonly Dictionary<string, string> NoLabels = [];
    private readonly Dictionary<string, RouteTargetGrant> grants = new(StringComparer.Ordinal);
    private readonly Joins joins;
    private FabricConfigSpec config = new();

    private readonly SortedSet<ObjectName> dirtyNetworks = [];
    private readonly SortedSet<string> dirtyInterfaces = new(StringComparer.Ordinal);
    private readonly SortedSet<NodeName> dirtyNodes = [];
    private bool dirtySettings = true;

    public Fabric() => joins = new Joins(name => networks.GetValueOrDefault(name), LabelsOf);

    /// <summary>The cluster whose objects these are.</summary>
    public int Cluster => config.ClusterId;

    /// <summary>Pods' uid and node and whether they ended, from the object.</summary>
    public static PodFacts FactsOf(V1Pod pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        return new PodFacts(pod.Metadata.Uid, pod.Spec?.NodeName, pod.Status?.Phase is "Succeeded" or "Failed");
    }

    public void Put(FabricConfig? settings)
    {
        var spec = ConfigIntent.InForce(settings?.Spec ?? new FabricConfigSpec());
        if (spec.ClusterId != config.ClusterId || !spec.SystemSubnets.SequenceEqual(config.SystemSubnets))
        {
            dirtyNetworks.UnionWith(networks.Keys);
            dirtyInterfaces.UnionWith(interfaces.Keys);
        }
        config = spec;
        dirtySettings = true;
    }

    public void Put(VirtualNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var name = network.ObjectName();
        Relate(name, networks.GetValueOrDefault(name), network);
        networks[name] = network;
        dirtyNetworks.Add(name);
        joins.NetworkChanged(name);
        joins.SetTargets(name, TargetsOf(network));
    }

    public void RemoveNetwork(ObjectName name)
    {
        if (networks.Remove(name, out var old))
        {
            Relate(name, old, null);
            dirtyNetworks.Add(name);
            joins.NetworkChanged(name);
            joins.SetTargets(name, default);
        }
    }

    public void Put(VirtualNetworkRouter router)
    {
        ArgumentNullException.ThrowIfNull(router);
        joins.Put(router.ObjectName(), router);
    }

    public void RemoveRouter(ObjectName name) => joins.Put(name, null);

    public void Put(RouteTargetGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        grants[grant.Metadata.Name] = grant;
        GrantsChanged(networks.Keys);
    }

    public void RemoveGrant(string name)
    {
        if (grants.Remove(name))
        {
            GrantsChanged(networks.Keys);
        }
    }

    public void Put(Subnet subnet)
    {
        ArgumentNullException.ThrowIfNull(subnet);
        subnets[subnet.ObjectName()] = subnet;
        SubnetChanged(subnet.ObjectName());
    }

    public void RemoveSubnet(ObjectName name)
    {
        if (subnets.Remove(name))
        {
            SubnetChanged(name);
        }
    }

    public void PutNamespace(string name, IDictionary<string, string>? labels)
    {
        namespaces[name] = labels;
        NamespaceChanged(name);
    }

    public void RemoveNamespace(string name)
    {
        if (namespaces.Remove(name))
        {
            NamespaceChanged(name);
        }
    }

    public void Put(ObjectName pod, PodFacts facts)
    {
        if (!pods.TryGetValue(pod, out var known) || known != facts)
        {
            pods[pod] = facts;
            PodChanged(pod);
        }
    }

    public void RemovePod(ObjectName pod)
    {
        if (pods.Remove(pod))
        {
            PodChanged(pod);
        }
    }

    public void Put(NetworkInterface networkInterface)
    {
        ArgumentNullException.ThrowIfNull(networkInterface);
        var name = networkInterface.ObjectName();
        var uid = networkInterface.Metadata.Uid;
        if (interfaceUids.TryGetValue(name, out var former) && former != uid)
        {
            Forget(former);
        }
        interfaceUids[name] = uid;
        if (!interfaces.TryGetValue(uid, out var attached))
        {
            interfaces[uid] = attached = new Attached(uid);
        }
        attached.Object = networkInterface;
        Index(interfacesOfPod, PodOf(networkInterface), uid);
        dirtyInterfaces.Add(uid);
    }

    public void RemoveInterface(ObjectName name)
    {
        if (interfaceUids.Remove(name, out var uid))
        {
            Forget(uid);
        }
    }

    public void Put(NodeName node, NodeFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var known = nodes.GetValueOrDefault(node);
        if (facts.Equals(known))
        {
            return;
        }
        nodes[node] = facts;
        NodeChanged(node, known?.Alive != facts.Alive);
    }

    public void RemoveNode(NodeName node)
    {
        if (nodes.Remove(node))
        {
            NodeChanged(node, true);
        }
    }

    /// <summary>What a node's agent says of one interface; null: it holds none of that uid.</summary>
    public void Report(NodeName node, string uid, InterfaceReported? report)
    {
        var known = reports.TryGetValue((node, uid), out var former);
        if (report is { } said ? known && former == said : !known)
        {
            return;
        }
        if (report is { } now)
        {
            reports[(node, uid)] = now;
            Index(reportedBy, node, uid);
        }
        else
        {
            reports.Remove((node, uid));
            reportedBy.GetValueOrDefault(node)?.Remove(uid);
        }
        dirtyInterfaces.Add(uid);
    }

    /// <summary>Uids that a node's agent has reported.</summary>
    public IReadOnlyList<string> ReportedBy(NodeName node) => [.. reportedBy.GetValueOrDefault(node) ?? []];

    /// <summary>Does the node's agent hold the interface, as far as it said?</summary>
    public bool IsReported(NodeName node, string uid) => reports.ContainsKey((node, uid));

    /// <summary>The object of an interface, or null.</summary>
    public NetworkInterface? FindObject(string uid) => interfaces.GetValueOrDefault(uid)?.Object;

    /// <summary>The object of a network, or null.</summary>
    public VirtualNetwork? FindNetwork(ObjectName name) => networks.GetValueOrDefault(name);

    private void Relate(ObjectName name, VirtualNetwork? old, VirtualNetwork? now)
    {
        foreach (var subnet in old?.Spec.Subnets ?? [])
        {
            networksOfSubnet.GetValueOrDefault(subnet.In(name.Namespace))?.Remove(name);
        }
        foreach (var subnet in now?.Spec.Subnets ?? [])
        {
            Index(networksOfSubnet, subnet.In(name.Namespace), name);
        }
    }

    private void SubnetChanged(ObjectName name) =>
        dirtyNetworks.UnionWith(networksOfSubnet.GetValueOrDefault(name) ?? []);

    // Labels decide who may use whose subnets, who may write route targets, which routers an import means.
    private void NamespaceChanged(string name)
    {
        var inside = networks.Keys.Where(network => network.Namespace == name).ToList();
        dirtyNetworks.UnionWith(inside);
        GrantsChanged(inside);
        joins.NamespaceChanged();
    }

    private void GrantsChanged(IEnumerable<ObjectName> of)
    {
        foreach (var name in of.Where(name => networks[name].Spec is { RouteTargets: not null } or { Vni: not null }))
        {
            dirtyNetworks.Add(name);
            joins.SetTargets(name, TargetsOf(networks[name]));
        }
    }

    // A route target counts while it is granted, and only then: it is a key to somebody's network.
    private Joins.Targets TargetsOf(VirtualNetwork network) =>
        NetworkIntent.IsGranted(network, grants.Values, LabelsOf)
            ? new Joins.Targets(Read(network.Spec.RouteTargets?.Import), Read(network.Spec.RouteTargets?.Export))
            : default;

    private static Sequence<RouteTarget> Read(IReadOnlyList<string>? texts) =>
        (texts ?? [])
            .Select(text => RouteTarget.TryParse(text, out var target) ? target : default)
            .Where(target => target != default)
            .Distinct()
            .ToSequence();

    private IDictionary<string, string>? LabelsOf(string name) =>
        namespaces.TryGetValue(name, out var labels) ? labels ?? NoLabels : null;

    private void PodChanged(ObjectName pod) => dirtyInterfaces.UnionWith(interfacesOfPod.GetValueOrDefault(pod) ?? []);

    private void NodeChanged(NodeName node, bool routesToo)
    {
        dirtyNodes.Add(node);
        if (routesToo)
        {
            dirtyInterfaces.UnionWith(interfacesOfNode.GetValueOrDefault(node) ?? []);
        }
    }

    private void Forget(string uid)
    {
        if (interfaces.TryGetValue(uid, out var attached) && attached.Object is { } old)
        {
            interfacesOfPod.GetValueOrDefault(PodOf(old))?.Remove(uid);
            attached.Object = null;
            dirtyInterfaces.Add(uid);
        }
    }

    private static ObjectName PodOf(NetworkInterface networkInterface) =>
        new(networkInterface.Metadata.NamespaceProperty, networkInterface.Spec.Pod.Name);

    private static void Index<TKey, TValue>(Dictionary<TKey, HashSet<TValue>> index, TKey key, TValue value)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var values))
        {
            index[key] = values = [];
        }
        values.Add(value);
    }
}
