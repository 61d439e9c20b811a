using Tombolo.Api;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Fabric;

/// <content>What networks learn from one another, and what their static routes lead to.</content>
public sealed partial class Fabric
{
    private const string Static = "static";
    private readonly HashSet<string> dirtyTransit = new(StringComparer.Ordinal);

    private void FlushJoins()
    {
        foreach (var (importer, from) in joins.TakeChanged())
        {
            var (into, source) = (VrfOf(importer.ToString()), VrfOf(from.ToString()));
            var wanted = joins.Imports(importer, from);
            if (wanted ? !into.Imports.Add(from.ToString()) : !into.Imports.Remove(from.ToString()))
            {
                continue;
            }
            _ = wanted ? source.Importers.Add(importer.ToString()) : source.Importers.Remove(importer.ToString());
            foreach (var ((prefix, uid), path) in source.Exports)
            {
                Put(into, importer.ToString(), prefix, Imported(from.ToString(), uid), wanted ? path.Imported() : null);
            }
            // So that one which nothing names any more is forgotten.
            _ = dirtyRoutes.TryAdd(importer.ToString(), []);
            _ = dirtyRoutes.TryAdd(from.ToString(), []);
        }
    }

    // They are few, and what they lead by may have changed: all of a VRF are asked again.
    private List<Prefix> DecideStatics(Vrf vrf)
    {
        var touched = new List<Prefix>();
        foreach (var prefix in vrf.Led.Where(prefix => vrf.Statics.All(route => route.Prefix != prefix)).ToList())
        {
            vrf.Led.Remove(prefix);
            vrf.Rib.Contribute(prefix, Static, null);
            SetTransit(vrf, prefix, null);
            touched.Add(prefix);
        }
        foreach (var route in vrf.Statics)
        {
            var path = Resolve(vrf, route);
            vrf.Led.Add(route.Prefix);
            vrf.Rib.Contribute(route.Prefix, Static, path);
            SetTransit(vrf, route.Prefix, path.Target == PathTarget.Interface ? path.InterfaceUid : null);
            touched.Add(route.Prefix);
        }
        return touched;
    }

    private Path Resolve(Vrf vrf, StaticIntent route)
    {
        if (route.IsDrop)
        {
            return Path.Drop(DropReason.StaticDrop);
        }
        var path = route.Address is { } address ? vrf.Rib.Resolve(address) : PathOfPod(vrf, route.Pod!.Value);
        return path?.Target == PathTarget.Interface ? path.Routed() : Path.Drop(DropReason.NoRoute);
    }

    private Path? PathOfPod(Vrf vrf, ObjectName pod) =>
        vrf
            .Interfaces.Select(uid => interfaces[uid])
            .Where(one =>
                one.Path is not null
                && one.Object!.Spec.Pod.Name == pod.Name
                && (pod.Namespace.Length == 0 || one.Object.Metadata.NamespaceProperty == pod.Namespace)
            )
            .OrderBy(one => one.Object!.Metadata.NamespaceProperty, StringComparer.Ordinal)
            .ThenBy(one => one.Uid, StringComparer.Ordinal)
            .FirstOrDefault()
            ?.Path;

    // The interface that a static route leads to is sent to at addresses that are not its own.
    private void SetTransit(Vrf vrf, Prefix prefix, string? uid)
    {
        if (vrf.Transit.GetValueOrDefault(prefix) == uid)
        {
            return;
        }
        if (vrf.Transit.Remove(prefix, out var former) && interfaces.TryGetValue(former, out var left))
        {
            left.Transit[prefix]--;
            if (left.Transit[prefix] == 0)
            {
                left.Transit.Remove(prefix);
            }
            dirtyTransit.Add(former);
        }
        if (uid is not null && interfaces.TryGetValue(uid, out var led))
        {
            vrf.Transit[prefix] = uid;
            led.Transit[prefix] = led.Transit.GetValueOrDefault(prefix) + 1;
            dirtyTransit.Add(uid);
        }
    }

    private void FlushTransit(News news)
    {
        foreach (var uid in dirtyTransit.Where(interfaces.ContainsKey))
        {
            var attached = interfaces[uid];
            if (attached.Entry is { } entry)
            {
                attached.Entry = entry with { Transit = attached.Transit.Keys.Order().ToSequence() };
                if (attached.Entry != entry)
                {
                    news.Put(attached.Node, attached.Entry);
                }
            }
        }
        dirtyTransit.Clear();
    }
}
