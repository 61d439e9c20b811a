using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Tests.Topology;

/// <summary>What a network's VRF holds, and which of it wins.</summary>
internal static partial class Oracle
{
    /// <summary>Where a route is from. At equal prefixes the first of these wins: an address of a pod always, then the
    /// network's own, and of its own a static route over what a pod supplies over a subnet.</summary>
    private enum Origin
    {
        OwnAddress,
        ImportedAddress,
        OwnStatic,
        OwnAllowed,
        OwnSubnet,
        ImportedAllowed,
    }

    /// <param name="Prefix">Destination.</param>
    /// <param name="Origin">Where it is from.</param>
    /// <param name="Pod">The pod that it leads to, null if to none (by itself).</param>
    /// <param name="Via">Only a static route's: the address that it goes by.</param>
    /// <param name="Drop">Only a static route's.</param>
    private sealed record Route(
        Prefix Prefix,
        Origin Origin,
        string? Pod = null,
        Address? Via = null,
        bool Drop = false
    );

    // The VRF of a network. Of what it imports there are pods' addresses and allowed prefixes only: what the other has
    // learned or was told by hand stays there, for joining is not transitive.
    private static List<Route> Table(
        Topology topology,
        IReadOnlyList<Placed> placed,
        IReadOnlyList<(string, string)> joins,
        string name
    )
    {
        var network = Network(topology, name)!;
        var table = new List<Route>();
        foreach (var pod in placed)
        {
            if (pod.Network == name)
            {
                table.AddRange(pod.Addresses.Select(a => new Route(Prefix.Host(a), Origin.OwnAddress, pod.Name)));
                table.AddRange(pod.Allowed.Select(prefix => new Route(prefix, Origin.OwnAllowed, pod.Name)));
            }
            else if (joins.Contains((name, pod.Network)) || ImportsByTarget(network, Network(topology, pod.Network)!))
            {
                table.AddRange(pod.Addresses.Select(a => new Route(Prefix.Host(a), Origin.ImportedAddress, pod.Name)));
                table.AddRange(pod.Allowed.Select(prefix => new Route(prefix, Origin.ImportedAllowed, pod.Name)));
            }
        }
        foreach (var subnet in SubnetsOf(topology, network))
        {
            table.Add(new(subnet, Origin.OwnSubnet));
        }
        foreach (var route in network.Spec.Routes ?? [])
        {
            var by = placed
                .Where(pod => pod.Network == name && ObjectName.Parse(pod.Name).Name == route.Via?.Pod)
                .Select(pod => pod.Name)
                .Order(StringComparer.Ordinal)
                .FirstOrDefault();
            Address? via = route.Via?.Address is { } text ? Address.Parse(text) : null;
            table.Add(new(Prefix.Parse(route.Prefix), Origin.OwnStatic, by, via, route.Drop == true));
        }
        return table;
    }

    // One-way: what the other puts on its routes is what this one asks for. That both may is part of being accepted.
    private static bool ImportsByTarget(VirtualNetwork network, VirtualNetwork other) =>
        Targets(network.Spec.RouteTargets?.Import).Any(Targets(other.Spec.RouteTargets?.Export).Contains);

    private static string Leads(List<Route> table, string sender, Address address)
    {
        // For the pod that a static route goes by, that route does not exist.
        var best = Best(table.Where(route => route.Origin != Origin.OwnStatic || route.Pod != sender), address);
        if (best?.Via is { } via)
        {
            best = Best(table.Where(route => route.Origin != Origin.OwnStatic), via);
        }
        return best is null ? Nobody
            : best.Drop ? Dropped
            : best.Pod ?? Nobody;
    }

    // The longest, then the nearest, then the interface whose uid ("uid ns/pod") is first.
    private static Route? Best(IEnumerable<Route> routes, Address address) =>
        routes
            .Where(route => route.Prefix.Contains(address))
            .OrderByDescending(route => route.Prefix.Length)
            .ThenBy(route => route.Origin)
            .ThenBy(route => $"uid {route.Pod}", StringComparer.Ordinal)
            .FirstOrDefault();
}
