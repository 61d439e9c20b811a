using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Fabric;

public sealed partial class Fabric
{
    private readonly Dictionary<string, Vrf> vrfs = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeName, NodeView> views = [];
    private readonly Dictionary<string, HashSet<Prefix>> dirtyRoutes = new(StringComparer.Ordinal);
    private readonly HashSet<NodeName> dirtyTunnels = [];
    private SettingsEntry? settings;

    // What one node has been told that is not simply "all of a VRF it subscribes to".
    private sealed class NodeView
    {
        public HashSet<NodeName> Tunnels { get; } = [];
        public HashSet<string> Vrfs { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Derives what changed since the last flush.</summary>
    /// <returns>By node, what it is to be told; a node to which nothing is new is absent.</returns>
    public IReadOnlyDictionary<NodeName, NodeDelta> Flush()
    {
        var news = new News();
        FlushSettings(news);
        foreach (var name in dirtyNetworks)
        {
            FlushNetwork(name, news);
        }
        dirtyNetworks.Clear();
        foreach (var uid in dirtyInterfaces)
        {
            FlushInterface(uid, news);
        }
        dirtyInterfaces.Clear();
        FlushJoins();
        FlushSubscriptions(news);
        FlushRoutes(news);
        FlushTransit(news);
        FlushTunnels(news);
        return news.Deltas();
    }

    /// <summary>All that a node is to hold, in the order of keys.</summary>
    public IReadOnlyList<Entry> Snapshot(NodeName node)
    {
        var all = new List<Entry>();
        if (settings is not null)
        {
            all.Add(settings);
        }
        if (!views.TryGetValue(node, out var view))
        {
            return all;
        }
        foreach (var name in view.Vrfs)
        {
            all.Add(vrfs[name].Entry!);
            all.AddRange(vrfs[name].Rib.Routes.Values);
        }
        all.AddRange((interfacesOfNode.GetValueOrDefault(node) ?? []).Select(uid => interfaces[uid].Entry!));
        all.AddRange(view.Tunnels.Select(peer => TunnelTo(peer)!));
        all.Sort((left, right) => left.Key.CompareTo(right.Key));
        return all;
    }

    /// <summary>Nodes that need a VRF's routes.</summary>
    public IReadOnlyCollection<NodeName> Subscribers(string vrf) =>
        vrfs.TryGetValue(vrf, out var found) ? found.Subscribers.Keys : [];

    /// <summary>An interface as derived: its node and VRF, or null while it is bound to none.</summary>
    public (NodeName Node, InterfaceEntry Entry, Path? Path)? Find(string uid) =>
        interfaces.GetValueOrDefault(uid) is { Entry: { } entry } found ? (found.Node, entry, found.Path) : null;

    private void FlushSettings(News news)
    {
        if (dirtySettings)
        {
            dirtySettings = false;
            var encapsulations = config.Encapsulations.Select(name =>
                name == EncapsulationName.VXLAN ? Encapsulation.Vxlan : Encapsulation.MplsInUdp
            );
            var now = new SettingsEntry(encapsulations.ToSequence(), config.Mtu, config.ClusterId);
            if (now != settings)
            {
                settings = now;
                foreach (var node in views.Keys)
                {
                    news.Put(node, now);
                }
            }
        }
        foreach (var node in dirtyNodes)
        {
            if (nodes.ContainsKey(node))
            {
                Greet(node, news);
            }
            // What tunnels to it look like is another thing now, for all that have one.
            dirtyTunnels.Add(node);
        }
    }

    private NodeView Greet(NodeName node, News news)
    {
        if (!views.TryGetValue(node, out var view))
        {
            views[node] = view = new NodeView();
            if (settings is not null)
            {
                news.Put(node, settings);
            }
        }
        return view;
    }

    private void FlushNetwork(ObjectName name, News news)
    {
        var vrf = VrfOf(name.ToString());
        var old = vrf.Entry;
        List<StaticIntent> statics = [];
        var now = networks.TryGetValue(name, out var network) ? Derive(network, out statics) : null;
        var routes = statics.ToSequence();
        if (vrf.Statics != routes)
        {
            vrf.Statics = routes;
            _ = dirtyRoutes.TryAdd(name.ToString(), []); // they are decided with the routes that they lead by
        }
        if (now == old)
        {
            return;
        }
        vrf.Entry = now;
        foreach (var subnet in old?.Subnets ?? [])
        {
            Contribute(vrf, name.ToString(), subnet.Prefix, "subnet", null);
        }
        foreach (var subnet in now?.Subnets ?? [])
        {
            Contribute(vrf, name.ToString(), subnet.Prefix, "subnet", Path.Connected);
        }
        if (old is null || now is null)
        {
            dirtyInterfaces.UnionWith(vrf.Interfaces);
            return;
        }
        foreach (var node in vrf.Subscribers.Keys)
        {
            news.Put(node, now);
        }
    }

    // A network is a VRF once the controller gave it its numbers, which it does when it accepts it. From then on what can
    // still be honoured is: a later mistake in the spec takes no route from a running pod.
    private VrfEntry? Derive(VirtualNetwork network, out List<StaticIntent> statics)
    {
        statics = [];
        if (network.Status is not { VrfIndex: { } index, Vni: { } vni })
        {
            return null;
        }
        var around = new NetworkIntent.Surroundings(
            name => subnets.GetValueOrDefault(name),
            LabelsOf,
            ConfigIntent.SystemSubnets(config)
        )
        {
            Grants = grants.Values,
        };
        NetworkIntent.Judge(network, around, out var usable);
        StaticIntent.Read(network, around.SystemSubnets, out statics);
        return new VrfEntry(
            network.ObjectName().ToString(),
            (ushort)index,
            (uint)vni,
            usable.Select(subnet => new VrfSubnet(subnet.Intent.Cidr, subnet.Intent.Gateway)).ToSequence(),
            network.Spec.IntraNetwork == IntraNetwork.Deny
        );
    }

    private void FlushInterface(string uid, News news)
    {
        if (!interfaces.TryGetValue(uid, out var attached))
        {
            return;
        }
        var (node, entry, path) = Derive(attached);
        var vrfName = attached.Object?.Spec.Network;
        if (attached.Vrf is { } before && before != vrfName)
        {
            VrfOf(before).Interfaces.Remove(uid);
        }
        if (vrfName is not null)
        {
            VrfOf(vrfName).Interfaces.Add(uid);
        }
        Rehost(attached, node, entry, news);
        var addresses = entry?.Addresses ?? [];
        var allowed = entry?.Allowed ?? [];
        if (attached.Path != path || attached.Addresses != addresses || attached.Allowed != allowed)
        {
            Recontribute(attached, path, addresses, allowed);
        }
        attached.Vrf = vrfName;
        if (attached.Object is null)
        {
            interfaces.Remove(uid);
        }
    }

    private (NodeName Node, InterfaceEntry? Entry, Path? Path) Derive(Attached attached)
    {
        if (
            attached.Object is not { } self
            || self.Metadata.DeletionTimestamp is not null
            || !pods.TryGetValue(PodOf(self), out var pod)
            || pod.Uid != self.Spec.Pod.Uid
            || pod.Node is null
            || pod.Ended
            || !vrfs.TryGetValue(self.Spec.Network, out var vrf)
            || vrf.Entry is null
            || !Mac.TryParse(self.Spec.Mac, out var mac)
        )
        {
            return default;
        }
        var node = new NodeName(self.Spec.Cluster, pod.Node);
        var entry = new InterfaceEntry(
            attached.Uid,
            self.Spec.Pod.Uid,
            self.Metadata.NamespaceProperty,
            self.Spec.Pod.Name,
            self.Spec.Interface,
            self.Spec.Network,
            mac,
            Addresses(self.Spec.Addresses),
            Addresses(self.Spec.SystemAddresses ?? []),
            Identity.Of(self.Spec.Cluster.ToString(), self.Metadata.NamespaceProperty),
            AllowedIntent.Read(self.Spec.Allowed).ToSequence(),
            attached.Transit.Keys.Order().ToSequence()
        );
        var alive = nodes.TryGetValue(node, out var facts) && facts.Alive;
        if (!alive || !reports.TryGetValue((node, attached.Uid), out var report) || !report.Label.IsUsable)
        {
            return (node, entry, null);
        }
        var path = new Path(
            PathTarget.Interface,
            node,
            report.Label,
            entry.Identity,
            report.Up,
            Preferences.Address,
            Own: true,
            attached.Uid
        );
        return (node, entry, path);
    }

    private static Sequence<Address> Addresses(IEnumerable<string> texts) =>
        texts
            .Select(text => Address.TryParse(text, out var address) ? address : default)
            .Where(address => address.Family != AddressFamily.None)
            .ToSequence();

    private void Rehost(Attached attached, NodeName node, InterfaceEntry? entry, News news)
    {
        var moved =
            attached.Entry is not null && (entry is null || attached.Node != node || attached.Entry.Vrf != entry.Vrf);
        if (moved)
        {
            news.Remove(attached.Node, attached.Entry!.Key);
            interfacesOfNode[attached.Node].Remove(attached.Uid);
            Subscribe(attached.Node, attached.Entry.Vrf, -1);
        }
        if (entry is not null && (moved || attached.Entry is null))
        {
            Index(interfacesOfNode, node, attached.Uid);
            Subscribe(node, entry.Vrf, 1);
        }
        if (entry is not null && (moved || entry != attached.Entry))
        {
            Greet(node, news);
            news.Put(node, entry);
        }
        attached.Entry = entry;
        attached.Node = node;
    }

    private void Recontribute(Attached attached, Path? path, Sequence<Address> addresses, Sequence<Prefix> allowed)
    {
        if (attached.Path is not null)
        {
            foreach (var prefix in Prefixes(attached.Addresses, attached.Allowed))
            {
                Contribute(VrfOf(attached.Vrf!), attached.Vrf!, prefix, attached.Uid, null);
            }
        }
        if (path is not null)
        {
            var name = attached.Object!.Spec.Network;
            var hosts = addresses.Select(Prefix.Host).ToHashSet();
            foreach (var prefix in Prefixes(addresses, allowed))
            {
                var rank = hosts.Contains(prefix) ? Preferences.Address : Preferences.Prefix;
                Contribute(VrfOf(name), name, prefix, attached.Uid, path with { Preference = rank });
            }
        }
        attached.Path = path;
        attached.Addresses = addresses;
        attached.Allowed = allowed;
    }

    private static IEnumerable<Prefix> Prefixes(Sequence<Address> addresses, Sequence<Prefix> allowed) =>
        addresses.Select(Prefix.Host).Union(allowed);

    private void Contribute(Vrf vrf, string name, Prefix prefix, string source, Path? path)
    {
        Put(vrf, name, prefix, source, path);
        var exported = path?.IsExported == true;
        if (exported)
        {
            vrf.Exports[(prefix, source)] = path!;
        }
        else if (!vrf.Exports.Remove((prefix, source)))
        {
            return;
        }
        foreach (var importer in vrf.Importers)
        {
            Put(VrfOf(importer), importer, prefix, Imported(name, source), exported ? path!.Imported() : null);
        }
    }

    private void Put(Vrf vrf, string name, Prefix prefix, string source, Path? path)
    {
        vrf.Rib.Contribute(prefix, source, path);
        Index(dirtyRoutes, name, prefix);
    }

    private static string Imported(string from, string source) => $"{from} {source}";

    private Vrf VrfOf(string name)
    {
        if (!vrfs.TryGetValue(name, out var vrf))
        {
            vrfs[name] = vrf = new Vrf(name);
        }
        return vrf;
    }

    private void Subscribe(NodeName node, string name, int by)
    {
        var subscribers = VrfOf(name).Subscribers;
        var count = subscribers.GetValueOrDefault(node) + by;
        if (count == 0)
        {
            subscribers.Remove(node);
        }
        else
        {
            subscribers[node] = count;
        }
        resubscribed.Add((node, name));
    }
}
