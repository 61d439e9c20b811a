using Tombolo.Api;
using Tombolo.Api.Kinds;

namespace Tombolo.Fabric.Intent;

/// <summary>What a VirtualNetworkRouter's spec means: which networks it selects, with which routers it joins them.</summary>
public static class RouterIntent
{
    /// <summary>Each network learns the routes of all others: beyond this many, routers between smaller meshes serve better.</summary>
    public const int MostNetworks = 1000;

    public static bool Selects(VirtualNetworkRouter router, VirtualNetwork network)
    {
        ArgumentNullException.ThrowIfNull(router);
        ArgumentNullException.ThrowIfNull(network);
        return network.Metadata.NamespaceProperty == router.Metadata.NamespaceProperty
            && network.Metadata.DeletionTimestamp is null
            && Selector.Matches(router.Spec.Selector, network.Metadata.Labels);
    }

    /// <summary>Does one of its imports name the other router?</summary>
    public static bool Imports(
        VirtualNetworkRouter router,
        VirtualNetworkRouter other,
        Func<string, IDictionary<string, string>?> namespaceLabels
    )
    {
        ArgumentNullException.ThrowIfNull(router);
        return (router.Spec.Import ?? []).Any(import => Names(import, router, other, namespaceLabels));
    }

    /// <summary>May routers of these types join their networks? A mesh with any, a hub with spokes.</summary>
    public static bool MayJoin(RouterType one, RouterType other) => one != other || one == RouterType.Mesh;

    /// <summary>Two routers that import each other and whose types allow it. None is its own peer.</summary>
    public static bool ArePeers(
        VirtualNetworkRouter one,
        VirtualNetworkRouter other,
        Func<string, IDictionary<string, string>?> namespaceLabels
    )
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.ObjectName() != other.ObjectName()
            && MayJoin(one.Spec.Type, other.Spec.Type)
            && Imports(one, other, namespaceLabels)
            && Imports(other, one, namespaceLabels);
    }

    /// <summary>Networks that routers join with this one, by what was decided for them.</summary>
    public static IReadOnlySet<ObjectName> JoinedWith(ObjectName network, IEnumerable<VirtualNetworkRouter> routers)
    {
        var all = routers.ToDictionary(router => router.ObjectName().ToString(), StringComparer.Ordinal);
        var joined = new HashSet<ObjectName>();
        foreach (var router in all.Values.Where(router => Members(router).Contains(network)))
        {
            if (router.Spec.Type == RouterType.Mesh)
            {
                joined.UnionWith(Members(router));
            }
            foreach (var peer in router.Status?.Peers ?? [])
            {
                joined.UnionWith(all.TryGetValue(peer, out var other) ? Members(other) : []);
            }
        }
        joined.Remove(network);
        return joined;
    }

    /// <summary>The networks that were let in.</summary>
    public static IEnumerable<ObjectName> Members(VirtualNetworkRouter router) =>
        (router.Status?.Joined ?? []).Select(name => new ObjectName(router.Metadata.NamespaceProperty, name));

    private static bool Names(
        RouterImport import,
        VirtualNetworkRouter router,
        VirtualNetworkRouter other,
        Func<string, IDictionary<string, string>?> namespaceLabels
    )
    {
        var (home, place) = (router.Metadata.NamespaceProperty, other.Metadata.NamespaceProperty);
        if (import.Name is { } name)
        {
            return other.Metadata.Name == name && place == (import.Namespace ?? home);
        }
        var there = import.NamespaceSelector is { } selector
            ? namespaceLabels(place) is { } labels && Selector.Matches(selector, labels)
            : place == home;
        return there && Selector.Matches(import.Selector, other.Metadata.Labels);
    }
}
