using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>What was drawn, as objects.</summary>
internal static partial class RandomTopology
{
    private static readonly string[] SpaceNames = ["alpha", "beta", "gamma", "delta", "omega"];

    private static Topology Build(Draw draw)
    {
        var spaces = SpaceNames[..draw.Spaces.Length];
        var networks = draw.Networks.Select((one, index) => NetworkOf(draw, spaces, one, index)).ToList();
        var written = new Topology
        {
            Config = Config(draw.Isolation),
            Namespaces =
            [
                World.Namespace(Names.SystemNamespace),
                .. draw.Spaces.Select((one, index) => SpaceOf(one, spaces[index], networks)),
            ],
            Networks = networks,
            Subnets =
            [
                .. draw.Networks.SelectMany((one, index) => OwnSubnets(spaces, one, index)),
                .. draw.Shared.Select((one, index) => SharedSubnet(spaces, one, index)),
            ],
            Routers = [.. draw.Routers.Select((_, index) => RouterOf(draw, spaces, index))],
            Grants = [.. draw.Grants.Select(GrantOf)],
            Pods = [.. draw.Pods.Select((one, index) => PodOf(one, index, spaces, networks))],
        };
        return Decided.Of(written, [.. draw.Pods.Select(pod => pod.Offset)]);
    }

    private static T At<T>(IReadOnlyList<T> list, int index) => list[index % list.Count];

    // Whom something is offered to: nobody else, all (twice as often), a team.
    private static V1LabelSelector? Chosen(int consumers) =>
        consumers switch
        {
            0 => null,
            1 or 2 => new(),
            3 => World.Labelled("team", "a"),
            _ => World.Labelled("team", "b"),
        };

    private static Consumers? Offered(int consumers) =>
        Chosen(consumers) is { } selector ? new() { Namespaces = selector } : null;

    private static FabricConfig Config(int isolation) =>
        World.Config(
            isolation switch
            {
                0 => null,
                1 => new() { Enabled = true },
                2 => new() { Enabled = true, Exceptions = World.Labelled("team", "a") },
                _ => new() { Enabled = false, Exceptions = World.Labelled("team", "b") },
            }
        );

    private static V1Namespace SpaceOf(SpaceDraw drawn, string name, List<VirtualNetwork> networks)
    {
        var made = World.Namespace(name);
        if (drawn.Team is not null)
        {
            made.Metadata.Labels["team"] = drawn.Team;
        }
        if (drawn.Isolated is not null)
        {
            made.Metadata.Labels[World.IsolatedLabel] = drawn.Isolated;
        }
        if (drawn.Network >= 0)
        {
            made.Metadata.Annotations = new Dictionary<string, string>
            {
                [Names.Network] = Said(At(networks, drawn.Network), name),
            };
        }
        return made;
    }

    // In its own namespace by its name alone, as people write it.
    private static string Said(VirtualNetwork network, string home) =>
        network.Metadata.NamespaceProperty == home ? network.Metadata.Name : network.ObjectName().ToString();

    private static VirtualNetwork NetworkOf(Draw draw, string[] spaces, NetworkDraw drawn, int index)
    {
        var home = At(spaces, drawn.Space);
        var subnets = OwnSubnets(spaces, drawn, index)
            .Select(subnet => new Reference { Name = subnet.Metadata.Name })
            .ToList();
        if (drawn.Shared >= 0)
        {
            // One past the last is a Subnet that is missing.
            var number = drawn.Shared % (draw.Shared.Length + 1);
            var owner = number < draw.Shared.Length ? At(spaces, draw.Shared[number].Space) : home;
            subnets.Add(new() { Name = $"shared{number}", Namespace = owner });
        }
        var extra = drawn.Extra;
        var hasTargets = extra.Import.Length + extra.Export.Length > 0;
        return new()
        {
            Metadata = World.Meta(home, $"v{index}", drawn.Tier is null ? [] : [("tier", drawn.Tier)]),
            Spec = new()
            {
                Subnets = subnets.Count > 0 ? subnets : null,
                Vni = extra.Vni ? 5000 + index : null,
                IntraNetwork = drawn.Deny ? IntraNetwork.Deny : null,
                Consumers = Offered(drawn.Consumers),
                AllowedPrefixes = extra.Allows ? ["10.99.0.0/16", "10.1.0.0/24"] : null,
                Routes = extra.Routes.Length > 0 ? [.. extra.Routes.DistinctBy(route => route.Prefix)] : null,
                RouteTargets = hasTargets
                    ? new() { Import = [.. extra.Import.Distinct()], Export = [.. extra.Export.Distinct()] }
                    : null,
            },
        };
    }

    private static IEnumerable<Subnet> OwnSubnets(string[] spaces, NetworkDraw drawn, int index)
    {
        foreach (var (cidr, family) in new[] { (drawn.V4, "v4"), (drawn.V6, "v6") })
        {
            if (cidr is not null)
            {
                yield return World.Subnet(At(spaces, drawn.Space), $"v{index}-{family}", cidr, null);
            }
        }
    }

    private static Subnet SharedSubnet(string[] spaces, SharedDraw drawn, int index) =>
        World.Subnet(At(spaces, drawn.Space), $"shared{index}", drawn.Cidr, Offered(drawn.Consumers));

    private static VirtualNetworkRouter RouterOf(Draw draw, string[] spaces, int index)
    {
        var drawn = draw.Routers[index];
        return new()
        {
            Metadata = World.Meta(
                Home(draw, spaces, index),
                $"r{index}",
                drawn.Role is { } role ? [("role", role)] : []
            ),
            Spec = new()
            {
                Type = drawn.Type,
                Selector = drawn.Selector switch
                {
                    0 or 1 => new(),
                    2 => World.Labelled("tier", "web"),
                    3 => World.Labelled("tier", "db"),
                    4 => new()
                    {
                        MatchExpressions =
                        [
                            new()
                            {
                                Key = "tier",
                                OperatorProperty = "In",
                                Values = ["web", "db"],
                            },
                        ],
                    },
                    5 => World.Labelled(World.IsolatedLabel, "true"),
                    6 => World.Labelled("tier", "none-such"),
                    _ => null,
                },
                Import =
                    drawn.Imports.Length > 0 ? [.. drawn.Imports.Select(one => ImportOf(draw, spaces, one))] : null,
            },
        };
    }

    // One past the last namespace is the system's: its default network may be joined as any.
    private static string Home(Draw draw, string[] spaces, int router) =>
        At([.. spaces, Names.SystemNamespace], draw.Routers[router].Space);

    private static RouterImport ImportOf(Draw draw, string[] spaces, ImportDraw drawn)
    {
        var router = drawn.Router % draw.Routers.Length;
        return drawn.Kind switch
        {
            <= 3 => new() { Name = $"r{router}", Namespace = Home(draw, spaces, router) },
            4 => new() { Name = $"r{router}" }, // of this namespace: perhaps itself, perhaps nobody
            5 => new() { Selector = World.Labelled("role", "x") },
            6 => new() { Selector = World.Labelled("role", "x"), NamespaceSelector = new() },
            7 => new() { Selector = new(), NamespaceSelector = World.Labelled("team", "a") },
            _ => new() { Selector = new(), NamespaceSelector = new() },
        };
    }

    private static RouteTargetGrant GrantOf(GrantDraw drawn, int index) =>
        new()
        {
            Metadata = World.Meta(null, $"grant{index}"),
            Spec = new()
            {
                Namespaces = Chosen(drawn.Consumers),
                RouteTargets = [drawn.Targets],
                Vnis = [drawn.Vnis],
            },
        };

    // Names are unique in the whole, so that `via.pod` can mean one only.
    private static V1Pod PodOf(PodDraw drawn, int index, string[] spaces, List<VirtualNetwork> networks)
    {
        // One that knows what it asks for lives where that is offered: in the network's own namespace.
        var asked = At(networks, drawn.Network);
        var home = drawn.Kind == 1 ? asked.Metadata.NamespaceProperty : At(spaces, drawn.Space);
        var network = drawn.Kind switch
        {
            0 => null,
            1 or 2 => Said(asked, home),
            3 => "nowhere",
            4 => "No Network",
            5 => "a/b/c",
            6 => $"{home}-pods",
            _ => Names.DefaultNetwork.ToString(),
        };
        return World.Pod(home, $"p{index}", network, drawn.Allowed, $"node{drawn.Node}");
    }
}
