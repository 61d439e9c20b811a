using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>
/// Which network imports from which. A router's doing counts for every pair that it joins, a route target's for one
/// direction; a network imports from another while anything counts for it. A change costs the pairs that it changes.
/// </summary>
internal sealed class Joins(
    Func<ObjectName, VirtualNetwork?> networks,
    Func<string, IDictionary<string, string>?> namespaceLabels
)
{
    private static readonly HashSet<ObjectName> Nothing = [];

    private readonly Dictionary<ObjectName, Joined> routers = [];
    private readonly Dictionary<ObjectName, Targets> targets = [];
    private readonly Dictionary<RouteTarget, HashSet<ObjectName>> importers = [];
    private readonly Dictionary<RouteTarget, HashSet<ObjectName>> exporters = [];
    private readonly Dictionary<ObjectName, Dictionary<ObjectName, int>> counts = [];
    private readonly HashSet<(ObjectName Importer, ObjectName From)> changed = [];

    // A router as it was last looked at.
    private sealed class Joined
    {
        public VirtualNetworkRouter? Object { get; set; }
        public bool IsMesh { get; set; }
        public HashSet<ObjectName> Members { get; } = [];
        public HashSet<ObjectName> Peers { get; } = [];
    }

    /// <summary>Route targets in force: what is not granted does not count.</summary>
    internal readonly record struct Targets(Sequence<RouteTarget> Import, Sequence<RouteTarget> Export);

    /// <summary>Pairs whose import may have begun or ended since this was last asked.</summary>
    public IEnumerable<(ObjectName Importer, ObjectName From)> TakeChanged()
    {
        var taken = changed.ToList();
        changed.Clear();
        taken.Sort();
        return taken;
    }

    /// <summary>Does one network learn the other's routes?</summary>
    public bool Imports(ObjectName importer, ObjectName from) =>
        counts.TryGetValue(importer, out var all) && all.ContainsKey(from);

    public void Put(ObjectName name, VirtualNetworkRouter? router)
    {
        if (!routers.TryGetValue(name, out var joined))
        {
            routers[name] = joined = new Joined();
        }
        joined.Object = router;
        Refresh(name, joined);
        if (router is null)
        {
            routers.Remove(name);
        }
    }

    /// <summary>A network came, went or has other labels.</summary>
    public void NetworkChanged(ObjectName name)
    {
        foreach (var (_, joined) in routers.Where(router => router.Key.Namespace == name.Namespace))
        {
            SetMember(joined, name, joined.Object is { } router && IsMember(router, name));
        }
    }

    /// <summary>Labels of a namespace changed: imports that select by them mean others now.</summary>
    public void NamespaceChanged()
    {
        foreach (var (name, joined) in routers)
        {
            if (joined.Object?.Spec.Import?.Any(import => import.NamespaceSelector is not null) == true)
            {
                RefreshPeers(name, joined);
            }
        }
    }

    public void SetTargets(ObjectName network, Targets now)
    {
        var old = targets.GetValueOrDefault(network);
        if (old == now)
        {
            return;
        }
        foreach (var target in old.Import.Except(now.Import))
        {
            importers[target].Remove(network);
            Count(network, exporters.GetValueOrDefault(target, Nothing), -1);
        }
        foreach (var target in old.Export.Except(now.Export))
        {
            exporters[target].Remove(network);
            CountFrom(network, importers.GetValueOrDefault(target, Nothing), -1);
        }
        foreach (var target in now.Import.Except(old.Import))
        {
            Count(network, exporters.GetValueOrDefault(target, Nothing), 1);
            Index(importers, target, network);
        }
        foreach (var target in now.Export.Except(old.Export))
        {
            CountFrom(network, importers.GetValueOrDefault(target, Nothing), 1);
            Index(exporters, target, network);
        }
        targets[network] = now;
        if (now == default)
        {
            targets.Remove(network);
        }
    }

    private void Refresh(ObjectName name, Joined joined)
    {
        var router = joined.Object;
        var isMesh = router?.Spec.Type == RouterType.Mesh;
        if (isMesh != joined.IsMesh)
        {
            foreach (var member in joined.Members)
            {
                Count(member, joined.Members, isMesh ? 1 : -1);
            }
            joined.IsMesh = isMesh;
        }
        var wanted = router is null
            ? Nothing
            : RouterIntent.Members(router).Where(member => IsSelected(router, member)).ToHashSet();
        foreach (var member in joined.Members.Where(member => !wanted.Contains(member)).ToList())
        {
            SetMember(joined, member, false);
        }
        foreach (var member in wanted)
        {
            SetMember(joined, member, true);
        }
        RefreshPeers(name, joined);
    }

    private bool IsMember(VirtualNetworkRouter router, ObjectName network) =>
        router.Status?.Joined?.Contains(network.Name) == true && IsSelected(router, network);

    private bool IsSelected(VirtualNetworkRouter router, ObjectName network) =>
        networks(network) is { } found && RouterIntent.Selects(router, found);

    private void SetMember(Joined joined, ObjectName network, bool isMember)
    {
        if (joined.Members.Contains(network) == isMember)
        {
            return;
        }
        var by = isMember ? 1 : -1;
        if (!isMember)
        {
            joined.Members.Remove(network);
        }
        if (joined.IsMesh)
        {
            CountBoth(network, joined.Members, by);
        }
        foreach (var peer in joined.Peers)
        {
            CountBoth(network, routers[peer].Members, by);
        }
        if (isMember)
        {
            joined.Members.Add(network);
        }
    }

    private void RefreshPeers(ObjectName name, Joined joined)
    {
        var candidates = (joined.Object?.Status?.Peers ?? [])
            .Select(text => ObjectName.TryParse(text, name.Namespace, out var peer) ? peer : default)
            .Concat(joined.Peers)
            .ToHashSet();
        foreach (var peer in candidates)
        {
            if (!routers.TryGetValue(peer, out var other))
            {
                continue;
            }
            var now = ArePeers(name, joined.Object, peer, other.Object);
            if (now == joined.Peers.Contains(peer))
            {
                continue;
            }
            foreach (var member in joined.Members)
            {
                CountBoth(member, other.Members, now ? 1 : -1);
            }
            if (now)
            {
                joined.Peers.Add(peer);
                other.Peers.Add(name);
            }
            else
            {
                joined.Peers.Remove(peer);
                other.Peers.Remove(name);
            }
        }
    }

    // Decided by the controller for both, and still meant by both.
    private bool ArePeers(ObjectName name, VirtualNetworkRouter? one, ObjectName peer, VirtualNetworkRouter? other) =>
        one is not null
        && other is not null
        && one.Status?.Peers?.Contains(peer.ToString()) == true
        && other.Status?.Peers?.Contains(name.ToString()) == true
        && RouterIntent.ArePeers(one, other, namespaceLabels);

    private void CountBoth(ObjectName network, IEnumerable<ObjectName> others, int by)
    {
        foreach (var other in others)
        {
            Count(network, other, by);
            Count(other, network, by);
        }
    }

    private void Count(ObjectName importer, IEnumerable<ObjectName> from, int by)
    {
        foreach (var one in from)
        {
            Count(importer, one, by);
        }
    }

    private void CountFrom(ObjectName from, IEnumerable<ObjectName> importing, int by)
    {
        foreach (var one in importing)
        {
            Count(one, from, by);
        }
    }

    private void Count(ObjectName importer, ObjectName from, int by)
    {
        if (importer == from)
        {
            return;
        }
        if (!counts.TryGetValue(importer, out var all))
        {
            counts[importer] = all = [];
        }
        var count = all.GetValueOrDefault(from) + by;
        if (count != 0)
        {
            all[from] = count;
        }
        else
        {
            all.Remove(from);
            if (all.Count == 0)
            {
                counts.Remove(importer);
            }
        }
        if (count == 0 || (count == by && by > 0))
        {
            changed.Add((importer, from));
        }
    }

    private static void Index<TKey>(Dictionary<TKey, HashSet<ObjectName>> index, TKey key, ObjectName value)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var values))
        {
            index[key] = values = [];
        }
        values.Add(value);
    }
}
