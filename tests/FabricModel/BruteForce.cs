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
    public static SortedSet<string> Of(World world, string node)
    {
        var holds = new SortedSet<string>(StringComparer.Ordinal) { "settings" };
        var hosted = Bound(world).Where(one => one.Node == node).ToList();
        foreach (var one in hosted)
        {
            holds.Add($"interface {one.Interface.Metadata.Uid}");
        }
        foreach (var network in hosted.Select(one => one.Interface.Spec.Network).Distinct())
        {
            holds.Add($"vrf {network}");
            foreach (var subnet in Usable(world, network))
            {
                holds.Add($"route {network} {subnet} connected");
            }
            foreach (var route in Routes(world, network))
            {
                holds.Add($"route {network} {route.Address}/32 {route.Node} {route.Label} {route.Up}");
                if (route.Node != node)
                {
                    holds.Add($"tunnel {route.Node}");
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
                    InterfaceEntry one => $"interface {one.Uid}",
                    VrfEntry vrf => $"vrf {vrf.Name}",
                    TunnelEntry tunnel => $"tunnel {tunnel.Node.Name}",
                    RouteEntry { Paths: [{ Target: PathTarget.Connected }] } route =>
                        $"route {route.Vrf} {route.Prefix} connected",
                    RouteEntry route =>
                        $"route {route.Vrf} {route.Prefix} {route.Paths[0].Node.Name} {route.Paths[0].Label} {route.Paths[0].Up}",
                    _ => "settings",
                }
            ),
            StringComparer.Ordinal
        );

    private static IEnumerable<(string Address, string Node, Label Label, bool Up)> Routes(
        World world,
        string network
    ) =>
        from one in Bound(world)
        where one.Interface.Spec.Network == network
        where world.Last.GetValueOrDefault($"node {one.Node}") is NodeFacts { Alive: true }
        let report = world.Last.GetValueOrDefault($"report {one.Node} {one.Interface.Metadata.Uid}")
            as InterfaceReported?
        where report is not null
        from address in one.Interface.Spec.Addresses
        group (one, report.Value) by address into same
        let best = same.OrderByDescending(path => path.Value.Up)
            .ThenBy(path => path.one.Interface.Metadata.Uid, StringComparer.Ordinal)
            .First()
        select (same.Key, best.one.Node, best.Value.Label, best.Value.Up);

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
