using Tombolo.Values;

namespace Tombolo.Fabric;

public sealed partial class Fabric
{
    private readonly HashSet<(NodeName Node, string Vrf)> resubscribed = [];

    // A node that begins to need a VRF is told all of it as it stood, one that no longer does forgets all of it. What
    // changes in this same flush follows in FlushRoutes and overwrites.
    private void FlushSubscriptions(News news)
    {
        foreach (var (node, name) in resubscribed)
        {
            var vrf = VrfOf(name);
            var view = Greet(node, news);
            var wanted = vrf.Subscribers.ContainsKey(node) && vrf.Entry is not null;
            if (wanted && view.Vrfs.Add(name))
            {
                news.Put(node, vrf.Entry!);
                foreach (var route in vrf.Rib.Routes.Values)
                {
                    news.Put(node, route);
                }
                dirtyTunnels.Add(node);
            }
            else if (!wanted && view.Vrfs.Remove(name))
            {
                news.Remove(node, new EntryKey(EntryKind.Vrf, name));
                foreach (var prefix in vrf.Rib.Routes.Keys)
                {
                    news.Remove(node, new EntryKey(EntryKind.Route, name, prefix));
                }
                dirtyTunnels.Add(node);
            }
        }
        resubscribed.Clear();
    }

    private void FlushRoutes(News news)
    {
        foreach (var (name, prefixes) in dirtyRoutes)
        {
            var vrf = VrfOf(name);
            prefixes.UnionWith(DecideStatics(vrf));
            var hostsChanged = false;
            foreach (var prefix in prefixes)
            {
                if (vrf.Rib.Decide(prefix, ref hostsChanged))
                {
                    TellRoute(vrf, name, prefix, news);
                }
            }
            if (hostsChanged)
            {
                dirtyTunnels.UnionWith(vrf.Subscribers.Keys);
            }
            if (vrf.IsUnused)
            {
                vrfs.Remove(name);
            }
        }
        dirtyRoutes.Clear();
    }

    private static void TellRoute(Vrf vrf, string name, Prefix prefix, News news)
    {
        var route = vrf.Rib.Routes.GetValueOrDefault(prefix);
        foreach (var node in vrf.Subscribers.Keys)
        {
            if (route is null)
            {
                news.Remove(node, new EntryKey(EntryKind.Route, name, prefix));
            }
            else
            {
                news.Put(node, route);
            }
        }
    }

    private void FlushTunnels(News news)
    {
        foreach (
            var (node, view) in dirtyNodes.Count > 0 ? views : views.Where(view => dirtyTunnels.Contains(view.Key))
        )
        {
            FlushTunnelsOf(node, view, news);
        }
        dirtyTunnels.Clear();
        dirtyNodes.Clear();
    }

    private void FlushTunnelsOf(NodeName node, NodeView view, News news)
    {
        var wanted = new HashSet<NodeName>();
        foreach (var name in view.Vrfs)
        {
            wanted.UnionWith(vrfs[name].Rib.Hosts);
        }
        wanted.RemoveWhere(peer => peer == node || TunnelTo(peer) is null);
        foreach (var peer in view.Tunnels.Where(peer => !wanted.Contains(peer)).ToList())
        {
            view.Tunnels.Remove(peer);
            news.Remove(node, new EntryKey(EntryKind.Tunnel, peer.ToString()));
        }
        foreach (var peer in wanted)
        {
            if (view.Tunnels.Add(peer) || dirtyNodes.Contains(peer))
            {
                news.Put(node, TunnelTo(peer)!);
            }
        }
    }

    private TunnelEntry? TunnelTo(NodeName node) =>
        nodes.TryGetValue(node, out var facts) && facts.Underlay.Count > 0
            ? new TunnelEntry(node, facts.Underlay, facts.Encapsulations, facts.UnderlayMtu)
            : null;
}
