using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Tests.Topology;

/// <summary>Which networks routers join, and whether those that were let in could be.</summary>
internal static partial class Oracle
{
    /// <summary>What is wrong with the routers' <c>status.joined</c>, a sentence each; empty if all is well.</summary>
    public static IEnumerable<string> Illegal(Topology topology)
    {
        foreach (var router in topology.Routers)
        {
            var name = router.ObjectName();
            var joined = router.Status?.Joined ?? [];
            var selected = Selected(topology, router);
            foreach (var other in joined.Where(one => selected.All(network => network.Metadata.Name != one)))
            {
                yield return $"{name} let in {name.Namespace}/{other}, which it does not select";
            }
            // A network without a VRF has nothing to join: whether it is let in tells nothing.
            foreach (var network in selected.Where(one => IsAccepted(topology, one)))
            {
                var text = network.ObjectName().ToString();
                var letIn = joined.Contains(network.Metadata.Name);
                var collisions = Partners(topology, router, text)
                    .Select(partner => (Partner: partner, Address: Collision(topology, text, partner)))
                    .Where(one => one.Address is not null)
                    .ToList();
                foreach (var (partner, address) in collisions.Where(_ => letIn))
                {
                    yield return $"{name} let in {text}, which is joined with {partner} though both use {address}";
                }
                if (!letIn && collisions.Count == 0)
                {
                    yield return $"{name} kept out {text} though nothing collides";
                }
            }
        }
    }

    /// <summary>The networks that <paramref name="network"/>, were it let in by <paramref name="router"/>, would be joined
    /// with by that: the others of a mesh, and those of the router's peers.</summary>
    public static List<string> Partners(Topology topology, VirtualNetworkRouter router, string network)
    {
        var partners = new List<string>();
        if (router.Spec.Type == RouterType.Mesh)
        {
            partners.AddRange(LetIn(topology, router));
        }
        foreach (var peer in topology.Routers.Where(other => ArePeers(topology, router, other)))
        {
            partners.AddRange(LetIn(topology, peer));
        }
        return [.. partners.Distinct().Where(partner => partner != network)];
    }

    /// <summary>An address that pods of both networks use, null if there is none.</summary>
    public static Address? Collision(Topology topology, string one, string other)
    {
        var placed = Place(topology);
        foreach (var address in placed.Where(pod => pod.Network == one).SelectMany(pod => pod.Addresses))
        {
            if (placed.Any(pod => pod.Network == other && pod.Addresses.Contains(address)))
            {
                return address;
            }
        }
        return null;
    }

    /// <summary>The networks that a router selects, those of its own namespace.</summary>
    public static List<VirtualNetwork> Selected(Topology topology, VirtualNetworkRouter router) =>
        [
            .. topology.Networks.Where(network =>
                network.Metadata.NamespaceProperty == router.Metadata.NamespaceProperty
                && Selectors.Matches(router.Spec.Selector, network.Metadata.Labels)
            ),
        ];

    // Each network beside each that it is joined with, so every pair twice.
    private static List<(string, string)> Joins(Topology topology)
    {
        var joins = new List<(string, string)>();
        foreach (var router in topology.Routers)
        {
            foreach (var network in LetIn(topology, router))
            {
                joins.AddRange(Partners(topology, router, network).Select(partner => (network, partner)));
            }
        }
        return joins;
    }

    // Only what was let in, is still selected, and has a VRF.
    private static List<string> LetIn(Topology topology, VirtualNetworkRouter router) =>
        [
            .. Selected(topology, router)
                .Where(network => router.Status?.Joined?.Contains(network.Metadata.Name) == true)
                .Where(network => IsAccepted(topology, network))
                .Select(network => network.ObjectName().ToString()),
        ];

    // A router that imports itself changes nothing, so none is its own peer.
    private static bool ArePeers(Topology topology, VirtualNetworkRouter one, VirtualNetworkRouter other) =>
        one.ObjectName() != other.ObjectName()
        && Imports(topology, one, other)
        && Imports(topology, other, one)
        && MayJoin(one.Spec.Type, other.Spec.Type);

    // A mesh with each; a hub with a spoke, never with its like.
    private static bool MayJoin(RouterType one, RouterType other) =>
        one == RouterType.Mesh || other == RouterType.Mesh || one != other;

    private static bool Imports(Topology topology, VirtualNetworkRouter router, VirtualNetworkRouter other)
    {
        var home = router.Metadata.NamespaceProperty;
        var there = other.Metadata.NamespaceProperty;
        foreach (var import in router.Spec.Import ?? [])
        {
            var isNamed =
                import.Name is { } name && new ObjectName(import.Namespace ?? home, name) == other.ObjectName();
            var isWhere = import.NamespaceSelector is null
                ? there == home
                : Selectors.Matches(import.NamespaceSelector, LabelsOf(topology, there));
            if (isNamed || import.Name is null && isWhere && Selectors.Matches(import.Selector, other.Metadata.Labels))
            {
                return true;
            }
        }
        return false;
    }
}
