using k8s.Models;
using Tombolo.Api.Kinds;
using Tombolo.Fabric;
using Tombolo.Values;

namespace Tombolo.Tests.FabricModel;

/// <summary>
/// What a node must hold, said again without any index or memory: for each pair of objects, by the sentences of
/// docs/concepts.md. Slow on purpose.
/// </summary>
internal static class BruteForce
{
    /// <summary>A path as a sentence needs it; a drop has no interface.</summary>
    private readonly record struct Way(
        string Prefix,
        uint Rank,
        bool Up,
        string Uid,
        string Node,
        Label Label,
        bool Own,
        string Kind
    );

    public static SortedSet<string> Of(World world, string node)
    {
        var holds = new SortedSet<string>(StringComparer.Ordinal) { "settings" };
        var hosted = Bound(world).Where(one => one.Node == node).ToList();
        foreach (var one in hosted)
        {
            holds.Add($"interface {one.Interface.Metadata.Uid}{Transit(world, one.Interface.Metadata.Uid)}");
        }
        foreach (var network in hosted.Select(one => one.Interface.Spec.Network).Distinct())
        {
            var spec = ((VirtualNetwork)world.Last[$"network {network}"]!).Spec;
            holds.Add($"vrf {network}{(spec.IntraNetwork == IntraNetwork.Deny ? " deny" : "")}");
            foreach (var way in Best(All(world, network)))
            {
                holds.Add($"route {network} {way.Prefix} {WordsOf(way)}");
                if (way.Kind == "interface" && way.Node != node && Knows(world, way.Node))
                {
                    holds.Add($"tunnel {way.Node}");
                }
            }
        }
        return holds;
    }

    public static SortedSet<string> Words(IEnumerable<Entry> entries) =>
        new(
            entries.Select(entry =>
                entry switch
                {
                    InterfaceEntry one => $"interface {one.Uid}{string.Concat(one.Transit.Select(to => $" {to}"))}",
                    VrfEntry vrf => $"vrf {vrf.Name}{(vrf.DenyIntra ? " deny" : "")}",
                    TunnelEntry tunnel => $"tunnel {tunnel.Node.Name}",
                    RouteEntry route => $"route {route.Vrf} {route.Prefix} {WordsOf(route.Paths[0])}",
                    _ => "settings",
                }
            ),
            StringComparer.Ordinal
        );

    private static string WordsOf(Tombolo.Fabric.Path path) =>
        path.Target switch
        {
            PathTarget.Connected => "connected",
            PathTarget.Drop => path.Reason.Name(),
            _ => $"{path.Node.Name} {path.Label} {path.Up} {path.Own} {path.InterfaceUid}",
        };

    private static string WordsOf(Way way) =>
        way.Kind == "interface" ? $"{way.Node} {way.Label} {way.Up} {way.Own} {way.Uid}" : way.Kind;

    private static IEnumerable<Way> Best(IEnumerable<Way> ways) =>
        ways.GroupBy(way => way.Prefix)
            .Select(same =>
                same.OrderByDescending(way => way.Rank)
                    .ThenByDescending(way => way.Up)
                    .ThenBy(way => way.Uid, StringComparer.Ordinal)
                    .First()
            );

    private static List<Way> All(World world, string network)
    {
        var ways = WithoutStatics(world, network);
        ways.AddRange(Statics(world, network, [.. ways]));
        return ways;
    }

    private static List<Way> WithoutStatics(World world, string network) =>
        [
            .. OwnWays(world, network),
            .. Usable(world, network).Select(cidr => new Way(cidr, 40, true, "", "", default, true, "connected")),
            .. world
                .Last.Where(one => one.Value is VirtualNetwork)
                .Select(one => one.Key["network ".Length..])
                .Where(other => other != network && Imports(world, network, other))
                .SelectMany(other => OwnWays(world, other))
                .Select(way => way with { Own = false, Rank = way.Rank == 100 ? 90u : 20 }),
        ];

    private static IEnumerable<Way> OwnWays(World world, string network) =>
        from one in Bound(world)
        where one.Interface.Spec.Network == network
        where world.Last.GetValueOrDefault($"node {one.Node}") is NodeFacts { Alive: true }
        let uid = one.Interface.Metadata.Uid
        let report = world.Last.GetValueOrDefault($"report {one.Node} {uid}") as InterfaceReported?
        where report is not null
        let own = one.Interface.Spec.Addresses.Select(address => (Prefix: $"{address}/32", Rank: 100u)).ToList()
        let allowed = (one.Interface.Spec.Allowed ?? []).Select(prefix => (Prefix: prefix, Rank: 60u))
        from way in own.Concat(allowed.Where(prefix => own.All(host => host.Prefix != prefix.Prefix)))
        select new Way(way.Prefix, way.Rank, report.Value.Up, uid, one.Node, report.Value.Label, true, "interface");

    private static IEnumerable<Way> Statics(World world, string network, List<Way> others)
    {
        foreach (var route in ((VirtualNetwork)world.Last[$"network {network}"]!).Spec.Routes ?? [])
        {
            var nowhere = new Way(route.Prefix, 80, true, "", "", default, false, "no_route");
            if (route.Drop == true)
            {
                yield return nowhere with
                {
                    Kind = "static_drop",
                };
                continue;
            }
            Way? by = route.Via!.Address is { } address
                ? Longest(others, Address.Parse(address))
                : Of(world, network, others, route.Via.Pod!);
            yield return by is { Kind: "interface" } way
                ? way with
                {
                    Prefix = route.Prefix,
                    Rank = 80,
                    Own = false,
                }
                : nowhere;
        }
    }

    private static Way? Longest(List<Way> ways, Address address) =>
        Best(ways)
            .Where(way => Prefix.Parse(way.Prefix).Contains(address))
            .OrderByDescending(way => Prefix.Parse(way.Prefix).Length)
            .Cast<Way?>()
            .FirstOrDefault();

    private static Way? Of(World world, string network, List<Way> ways, string pod) =>
        Bound(world)
            .Where(one => one.Interface.Spec.Pod.Name == pod && one.Interface.Spec.Network == network)
            .OrderBy(one => one.Interface.Metadata.NamespaceProperty, StringComparer.Ordinal)
            .ThenBy(one => one.Interface.Metadata.Uid, StringComparer.Ordinal)
            .SelectMany(one => ways.Where(way => way.Own && way.Uid == one.Interface.Metadata.Uid))
            .Cast<Way?>()
            .FirstOrDefault();

    // Static routes of any network that lead to the interface.
    private static string Transit(World world, string uid) =>
        string.Concat(
            world
                .Last.Where(one => one.Value is VirtualNetwork)
                .Select(one => one.Key["network ".Length..])
                .SelectMany(network => Statics(world, network, WithoutStatics(world, network)))
                .Where(way => way.Kind == "interface" && way.Uid == uid)
                .Select(way => Prefix.Parse(way.Prefix))
                .Distinct()
                .Order()
                .Select(prefix => $" {prefix}")
        );

    private static bool Imports(World world, string network, string from)
    {
        var routers = world.Last.Values.OfType<VirtualNetworkRouter>().ToList();
        foreach (var router in routers.Where(router => Has(world, router, network)))
        {
            if (router.Spec.Type == RouterType.Mesh && Has(world, router, from))
            {
                return true;
            }
            if (routers.Any(peer => Has(world, peer, from) && ArePeers(world, router, peer)))
            {
                return true;
            }
        }
        return Targets(world, network, targets => targets.Import)
            .Intersect(Targets(world, from, targets => targets.Export))
            .Any();
    }

    private static bool Has(World world, VirtualNetworkRouter router, string network) =>
        world.Last.GetValueOrDefault($"network {network}") is VirtualNetwork found
        && router.Metadata.NamespaceProperty == found.Metadata.NamespaceProperty
        && router.Status!.Joined!.Contains(found.Metadata.Name)
        && (router.Spec.Selector!.MatchLabels ?? new Dictionary<string, string>()).All(wanted =>
            found.Metadata.Labels[wanted.Key] == wanted.Value
        );

    private static bool ArePeers(World world, VirtualNetworkRouter one, VirtualNetworkRouter other) =>
        one.ObjectName() != other.ObjectName()
        && (one.Spec.Type != other.Spec.Type || one.Spec.Type == RouterType.Mesh)
        && Means(world, one, other)
        && Means(world, other, one)
        && one.Status!.Peers!.Contains($"{other.ObjectName()}")
        && other.Status!.Peers!.Contains($"{one.ObjectName()}");

    private static bool Means(World world, VirtualNetworkRouter router, VirtualNetworkRouter other) =>
        router.Spec.Import!.Any(import =>
            import.Name is { } name
                ? other.ObjectName().ToString() == $"{import.Namespace}/{name}"
                : LabelsOf(world, other.Metadata.NamespaceProperty)?.GetValueOrDefault("team") == "x"
        );

    private static IEnumerable<string> Targets(
        World world,
        string network,
        Func<RouteTargets, IReadOnlyList<string>?> which
    )
    {
        var granted =
            world.Last.GetValueOrDefault("grant all") is RouteTargetGrant grant
            && LabelsOf(world, network.Split('/')[0]) is { } labels
            && (grant.Spec.Namespaces!.MatchLabels is null || labels.GetValueOrDefault("team") == "x");
        var targets = (world.Last.GetValueOrDefault($"network {network}") as VirtualNetwork)?.Spec.RouteTargets;
        return granted && targets is not null ? which(targets) ?? [] : [];
    }

    private static Dictionary<string, string>? LabelsOf(World world, string space) =>
        world.Last.GetValueOrDefault($"space {space}") as Dictionary<string, string>;

    private static bool Knows(World world, string node) =>
        world.Last.GetValueOrDefault($"node {node}") is NodeFacts { Underlay.Count: > 0 };

    private static IEnumerable<(NetworkInterface Interface, string Node)> Bound(World world) =>
        from one in world.Last.Values.OfType<NetworkInterface>()
        where one.Metadata.DeletionTimestamp is null
        where world.Last.GetValueOrDefault($"network {one.Spec.Network}") is VirtualNetwork
        let pod = world.Last.GetValueOrDefault($"pod {one.Metadata.NamespaceProperty}/{one.Spec.Pod.Name}") as PodFacts?
        where pod is { Ended: false, Node: not null } && pod.Value.Uid == one.Spec.Pod.Uid
        select (one, pod.Value.Node);

    private static IEnumerable<string> Usable(World world, string network)
    {
        var home = network.Split('/')[0];
        var spec = ((VirtualNetwork)world.Last[$"network {network}"]!).Spec;
        return (spec.Subnets ?? [])
            .Select(subnet => (world.Last.GetValueOrDefault($"subnet {home}/{subnet.Name}") as Subnet)?.Spec.Cidr)
            .Where(cidr => cidr is not null && cidr != "nonsense")
            .Cast<string>();
    }
}
