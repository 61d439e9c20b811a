using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>A topology by hand: names as <c>ns/name</c>, namespaces made as they are named, a router selects by <c>tier</c>.</summary>
internal sealed class Sketch
{
    private readonly Dictionary<string, V1Namespace> _spaces = [];
    private readonly List<VirtualNetwork> _networks = [];
    private readonly List<Subnet> _subnets = [];
    private readonly List<VirtualNetworkRouter> _routers = [];
    private readonly List<RouteTargetGrant> _grants = [];
    private readonly List<V1Pod> _pods = [];
    private readonly List<int> _offsets = [];
    private IsolateNamespaces? _isolate;

    public Sketch Space(string name, params (string Key, string Value)[] labels)
    {
        _spaces[name] = World.Namespace(name, labels);
        return this;
    }

    /// <summary>A network with Subnets of its own, before those of the spec.</summary>
    public Sketch NetWith(string name, string tier, VirtualNetworkSpec spec, params string[] cidrs)
    {
        var (space, local) = Parts(name);
        var subnets = cidrs.Select((cidr, index) => World.Subnet(space, $"{local}-{index}", cidr, null)).ToList();
        _subnets.AddRange(subnets);
        var own = subnets.Select(subnet => new Reference { Name = subnet.Metadata.Name });
        _networks.Add(
            new()
            {
                Metadata = World.Meta(space, local, ("tier", tier)),
                Spec = spec with { Subnets = [.. own, .. spec.Subnets ?? []] },
            }
        );
        return this;
    }

    public Sketch Net(string name, string tier, params string[] cidrs) => NetWith(name, tier, new(), cidrs);

    /// <summary>A router that imports others by name.</summary>
    public Sketch Router(string name, RouterType type, string tier, params string[] imports) =>
        Router(name, type, tier, [.. imports.Select(ObjectName.Parse).Select(ByName)]);

    public Sketch Router(string name, RouterType type, string tier, RouterImport[] imports)
    {
        var (space, local) = Parts(name);
        _routers.Add(
            new()
            {
                Metadata = World.Meta(space, local, ("role", tier)),
                Spec = new()
                {
                    Type = type,
                    Selector = World.Labelled("tier", tier),
                    Import = imports,
                },
            }
        );
        return this;
    }

    /// <param name="name"><c>ns/pod</c>.</param>
    /// <param name="network">As its annotation says.</param>
    /// <param name="address">How far its addresses are from the first of its Subnets.</param>
    /// <param name="allowed">As its annotation says.</param>
    public Sketch Pod(string name, string? network, int address = 2, string? allowed = null)
    {
        var (space, local) = Parts(name);
        _pods.Add(World.Pod(space, local, network, allowed));
        _offsets.Add(address - 2);
        return this;
    }

    public Sketch Subnet(string name, string cidr, Consumers? consumers)
    {
        var (space, local) = Parts(name);
        _subnets.Add(World.Subnet(space, local, cidr, consumers));
        return this;
    }

    public Sketch Grant(V1LabelSelector namespaces, string targets, string vnis)
    {
        var spec = new RouteTargetGrantSpec
        {
            Namespaces = namespaces,
            RouteTargets = [targets],
            Vnis = [vnis],
        };
        _grants.Add(new() { Metadata = World.Meta(null, $"grant{_grants.Count}"), Spec = spec });
        return this;
    }

    public Sketch Isolating(V1LabelSelector? exceptions)
    {
        _isolate = new() { Enabled = true, Exceptions = exceptions };
        return this;
    }

    public Topology Topology()
    {
        Space(Names.SystemNamespace);
        return Decided.Of(
            new()
            {
                Config = World.Config(_isolate),
                Namespaces = [.. _spaces.Values],
                Networks = [.. _networks],
                Subnets = [.. _subnets],
                Routers = [.. _routers],
                Grants = [.. _grants],
                Pods = [.. _pods],
            },
            [.. _offsets]
        );
    }

    private static RouterImport ByName(ObjectName name) => new() { Name = name.Name, Namespace = name.Namespace };

    private (string Space, string Name) Parts(string text)
    {
        var name = ObjectName.Parse(text);
        if (!_spaces.ContainsKey(name.Namespace))
        {
            Space(name.Namespace);
        }
        return (name.Namespace, name.Name);
    }
}
