using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Tests.Topology;

/// <summary>What the controller adds to what users wrote: its own networks, numbers, addresses and joins.</summary>
internal static class Decided
{
    private static readonly Consumers Everyone = new() { Namespaces = new() };

    /// <param name="written">What users wrote.</param>
    /// <param name="offsets">For each pod, where in its Subnets the search for an address starts; none: at 0.</param>
    public static Topology Of(Topology written, IReadOnlyList<int> offsets) =>
        Joined(Addressed(Numbered(Owned(written)), offsets));

    // The default networks, and two for each isolated namespace that draw from the same Subnets.
    private static Topology Owned(Topology topology)
    {
        const string system = Names.SystemNamespace;
        var spec = topology.Config.Spec;
        List<VirtualNetwork> networks =
        [
            Drawing(system, "default", "default"),
            Drawing(system, "services", "services"),
        ];
        foreach (var space in topology.Namespaces.Select(one => one.Metadata.Name))
        {
            if (Oracle.IsIsolated(topology, space))
            {
                networks.Add(Drawing(space, $"{space}-pods", "default", (World.IsolatedLabel, "true")));
                networks.Add(Drawing(space, $"{space}-services", "services", (World.IsolatedLabel, "true")));
            }
        }
        return topology with
        {
            Networks = [.. networks, .. topology.Networks],
            Subnets =
            [
                World.Subnet(system, "default-v4", spec.PodNetwork[0], Everyone),
                World.Subnet(system, "default-v6", spec.PodNetwork[1], Everyone),
                World.Subnet(system, "services-v4", spec.ServiceNetwork[0], Everyone),
                World.Subnet(system, "services-v6", spec.ServiceNetwork[1], Everyone),
                .. topology.Subnets,
            ],
        };
    }

    private static VirtualNetwork Drawing(string space, string name, string from, params (string, string)[] labels) =>
        new()
        {
            Metadata = World.Meta(space, name, labels),
            Spec = new()
            {
                Subnets =
                [
                    new() { Name = $"{from}-v4", Namespace = Names.SystemNamespace },
                    new() { Name = $"{from}-v6", Namespace = Names.SystemNamespace },
                ],
            },
        };

    private static Topology Numbered(Topology topology) =>
        topology with
        {
            Networks =
            [
                .. topology.Networks.Select(
                    (network, index) =>
                        Oracle.IsAccepted(topology, network)
                            ? network with
                            {
                                Status = new() { Vni = network.Spec.Vni ?? 4096 + index, VrfIndex = index + 1 },
                            }
                            : network
                ),
            ],
        };

    // Of each family the first Subnet has room: even a /28 has more than the worlds have pods. The first address is the
    // gateway and the one before it names the subnet; other Subnets of the same CIDR give the same addresses out.
    private static Topology Addressed(Topology topology, IReadOnlyList<int> offsets)
    {
        var taken = new HashSet<(ObjectName Subnet, Address Address)>();
        var addresses = new Dictionary<string, IReadOnlyList<string>>();
        for (var i = 0; i < topology.Pods.Count; i++)
        {
            var pod = topology.Pods[i];
            if (Oracle.NetworkOf(topology, pod) is not { } name)
            {
                continue; // waits, and holds nothing
            }
            var network = topology.Networks.First(one => one.ObjectName().ToString() == name);
            var own = new List<Address>();
            foreach (var reference in network.Spec.Subnets ?? [])
            {
                var subnet = reference.In(network.Metadata.NamespaceProperty);
                var cidr = Prefix.Parse(topology.Subnets.First(one => one.ObjectName() == subnet).Spec.Cidr);
                if (own.All(address => address.Family != cidr.Family))
                {
                    var wanted = offsets.Count > 0 ? offsets[i] : 0;
                    own.Add(
                        Enumerable
                            .Range(0, 12)
                            .Select(step => cidr.First.Add((UInt128)(2 + (wanted + step) % 12)))
                            .First(address => taken.Add((subnet, address)))
                    );
                }
            }
            addresses[$"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}"] = [.. own.Select(one => one.ToString())];
        }
        return topology with { Addresses = addresses };
    }

    // Greedy: one network after the other, let in unless an address in use collides with one that is in already and that
    // it would be joined with by this.
    private static Topology Joined(Topology topology)
    {
        topology = topology with { Routers = [.. topology.Routers.Select(router => LetIn(router, []))] };
        foreach (var network in topology.Networks.OrderBy(one => one.ObjectName().ToString(), StringComparer.Ordinal))
        {
            var name = network.ObjectName().ToString();
            foreach (var at in topology.Routers.Select(router => router.ObjectName()).Order().ToList())
            {
                var router = topology.Routers.First(one => one.ObjectName() == at);
                if (
                    Oracle.IsAccepted(topology, network)
                    && Oracle.Selected(topology, router).Any(one => one.ObjectName() == network.ObjectName())
                    && Oracle
                        .Partners(topology, router, name)
                        .All(partner => Oracle.Collision(topology, name, partner) is null)
                )
                {
                    var joined = LetIn(router, [.. router.Status!.Joined!, network.Metadata.Name]);
                    topology = topology with
                    {
                        Routers = [.. topology.Routers.Select(one => one.ObjectName() == at ? joined : one)],
                    };
                }
            }
        }
        return topology;
    }

    private static VirtualNetworkRouter LetIn(VirtualNetworkRouter router, IReadOnlyList<string> networks) =>
        router with
        {
            Status = new() { Networks = networks.Count, Joined = networks },
        };
}
