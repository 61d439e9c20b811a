using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>A VRF's routes: the paths that each source contributes, the best of them, and the nodes they lead to.</summary>
internal sealed class LocRib(string vrf)
{
    private readonly Dictionary<Prefix, SortedDictionary<string, Path>> contributed = [];
    private readonly Dictionary<Prefix, RouteEntry> best = [];
    private readonly Dictionary<NodeName, int> hosts = [];

    public IReadOnlyDictionary<Prefix, RouteEntry> Routes => best;

    /// <summary>The best path to an address that no static route gives: its host route, else the longest prefix; null: none.</summary>
    public Path? Resolve(Address address)
    {
        for (var length = address.Width; length >= 0; length--)
        {
            if (
                contributed.TryGetValue(new Prefix(address, length), out var paths)
                && paths.Values.Where(path => path.Preference != Preferences.Static).ToList() is [_, ..] found
            )
            {
                return Best(found);
            }
        }
        return null;
    }

    /// <summary>Nodes that a best path leads to.</summary>
    public IEnumerable<NodeName> Hosts => hosts.Keys;

    /// <summary>Sets or, with null, takes away what <paramref name="source"/> contributes to a prefix.</summary>
    public void Contribute(Prefix prefix, string source, Path? path)
    {
        if (path is null)
        {
            if (contributed.TryGetValue(prefix, out var rest) && rest.Remove(source) && rest.Count == 0)
            {
                contributed.Remove(prefix);
            }
            return;
        }
        if (!contributed.TryGetValue(prefix, out var paths))
        {
            contributed[prefix] = paths = new(StringComparer.Ordinal);
        }
        paths[source] = path;
    }

    /// <summary>Chooses again for one prefix.</summary>
    /// <param name="hostsChanged">Set if the set of <see cref="Hosts"/> is another now.</param>
    /// <returns>True if the route changed.</returns>
    public bool Decide(Prefix prefix, ref bool hostsChanged)
    {
        var old = best.GetValueOrDefault(prefix);
        var chosen = contributed.TryGetValue(prefix, out var paths) ? Route(prefix, Best(paths.Values)) : null;
        if (Equals(old, chosen))
        {
            return false;
        }
        if (chosen is null)
        {
            best.Remove(prefix);
        }
        else
        {
            best[prefix] = chosen;
        }
        Count(chosen, 1, ref hostsChanged);
        Count(old, -1, ref hostsChanged);
        return true;
    }

    private RouteEntry Route(Prefix prefix, Path path) =>
        new(
            vrf,
            prefix,
            [path],
            path is { Preference: Preferences.Static, Target: PathTarget.Interface } ? Otherwise(prefix, path) : null
        );

    // Statics are decided again whenever anything of the VRF changes, so this may look beyond its own prefix.
    private Path? Otherwise(Prefix prefix, Path hidden)
    {
        for (int length = prefix.Length; length >= 0; length--)
        {
            if (
                contributed.TryGetValue(new Prefix(prefix.Address, length), out var paths)
                && paths
                    .Values.Where(path =>
                        path.Preference != Preferences.Static || path.InterfaceUid != hidden.InterfaceUid
                    )
                    .ToList()
                    is [_, ..] found
            )
            {
                return Best(found);
            }
        }
        return null;
    }

    private static Path Best(IEnumerable<Path> paths) =>
        paths.Aggregate((left, right) => left.CompareForBest(right) <= 0 ? left : right);

    private void Count(RouteEntry? route, int by, ref bool hostsChanged)
    {
        foreach (var path in route?.Paths ?? [])
        {
            if (path.Target != PathTarget.Interface)
            {
                continue;
            }
            var count = hosts.GetValueOrDefault(path.Node) + by;
            if (count == 0)
            {
                hosts.Remove(path.Node);
            }
            else
            {
                hosts[path.Node] = count;
            }
            hostsChanged |= count == 0 || (count == by && by > 0);
        }
    }
}
