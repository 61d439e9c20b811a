using Tombolo.Api;
using Tombolo.Fabric;
using Tombolo.RouteServer.Status;
using Tombolo.RouteServer.Streams;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Model;

/// <summary>
/// Who holds what: at which version an interface's routes and a VRF last changed, and whether the nodes that need them
/// have acknowledged. Lives on the model's loop.
/// </summary>
internal sealed class Programmed(TimeProvider time, StatusWriter writer)
{
    // A node that takes longer is named in status and no longer waited for.
    private static readonly TimeSpan Lagging = TimeSpan.FromSeconds(1);

    /// <param name="Named">Status has named the nodes that lag.</param>
    /// <param name="Settled">The interface's own node was told that nobody is waited for any more.</param>
    private readonly record struct Change(ulong Version, DateTimeOffset At, bool Named, bool Settled);

    private readonly Dictionary<string, Change> interfaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Change> vrfs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> failures = new(StringComparer.Ordinal);
    private readonly HashSet<string> touched = new(StringComparer.Ordinal);

    /// <summary>Notes what a flush changed.</summary>
    public void Flushed(ulong version, IReadOnlyDictionary<NodeName, NodeDelta> news)
    {
        var change = new Change(version, time.GetUtcNow(), false, false);
        foreach (var delta in news.Values)
        {
            foreach (var entry in delta.Put)
            {
                switch (entry)
                {
                    case RouteEntry route:
                        foreach (var path in route.Paths.Where(path => path.InterfaceUid.Length > 0))
                        {
                            interfaces[path.InterfaceUid] = change;
                        }
                        break;
                    case VrfEntry vrf:
                        vrfs[vrf.Name] = change;
                        break;
                }
            }
        }
    }

    /// <summary>An agent said something of an interface; with a reason if it failed.</summary>
    public void Reported(string uid, string? failure)
    {
        if (failure is null)
        {
            failures.Remove(uid);
        }
        else
        {
            failures[uid] = failure;
        }
        touched.Add(uid);
    }

    /// <summary>The object changed in a way that its status must follow.</summary>
    public void Touch(string uid) => touched.Add(uid);

    /// <summary>Looks whether what was waited for has come, and hands on what status is to say.</summary>
    public void Settle(ModelLoop model)
    {
        foreach (var uid in touched)
        {
            SettleTouched(model, uid);
        }
        touched.Clear();
        var lagging = Laggards(model);
        foreach (var (uid, change) in interfaces.ToList())
        {
            SettleInterface(model, uid, change, lagging);
        }
        foreach (var (name, change) in vrfs.ToList())
        {
            SettleVrf(model, name, change);
        }
    }

    private void SettleTouched(ModelLoop model, string uid)
    {
        if (model.Fabric.FindObject(uid) is not { } self)
        {
            return;
        }
        if (failures.TryGetValue(uid, out var why))
        {
            writer.Failed(self, why);
        }
        else if (
            self.Metadata.DeletionTimestamp is not null
            && !model.Nodes.Keys.Any(node => model.Fabric.IsReported(node, uid))
        )
        {
            writer.Withdrawn(self);
        }
    }

    private void SettleInterface(ModelLoop model, string uid, Change change, HashSet<NodeName> lagging)
    {
        if (model.Fabric.FindObject(uid) is not { } self || model.Fabric.Find(uid) is not { Path: { } path } found)
        {
            interfaces.Remove(uid);
            return;
        }
        var (of, missing) = Missing(model, self.Spec.Network, change);
        // Up or not: what made it up came after what made it bound, so who holds the one knew the other.
        if (
            !change.Settled
            && !missing.Exists(node => !lagging.Contains(node) && SessionOf(model, node) is not null)
            && SessionOf(model, found.Node) is { } own
        )
        {
            own.Send(new Wire.FromServer { StageOne = StageOne(uid, missing) });
            change = change with { Settled = true };
        }
        var late = missing.Count > 0 && IsLate(change);
        if (path.Up && (missing.Count == 0 || (late && !change.Named)))
        {
            writer.Up(self, found.Node.Name, path.Label, of, Names(missing));
            change = change with { Named = true };
        }
        if (missing.Count == 0)
        {
            interfaces.Remove(uid);
        }
        else
        {
            interfaces[uid] = change;
        }
    }

    private void SettleVrf(ModelLoop model, string name, Change change)
    {
        if (!ObjectName.TryParse(name, "", out var network) || model.Fabric.FindNetwork(network) is not { } self)
        {
            vrfs.Remove(name);
            return;
        }
        var (of, missing) = Missing(model, name, change);
        var late = missing.Count > 0 && IsLate(change);
        if (missing.Count == 0)
        {
            vrfs.Remove(name);
        }
        if (of > 0 && (missing.Count == 0 || (late && !change.Named)))
        {
            writer.Programmed(self, of, Names(missing));
            if (missing.Count > 0)
            {
                vrfs[name] = change with { Named = true };
            }
        }
    }

    // A node that is late for one change keeps no pod waiting for another: it is named in status.
    private HashSet<NodeName> Laggards(ModelLoop model)
    {
        var late = new HashSet<NodeName>();
        foreach (var (uid, change) in interfaces.Where(one => IsLate(one.Value)))
        {
            if (model.Fabric.FindObject(uid) is { } self)
            {
                late.UnionWith(Missing(model, self.Spec.Network, change).Missing);
            }
        }
        foreach (var (name, change) in vrfs.Where(one => IsLate(one.Value)))
        {
            late.UnionWith(Missing(model, name, change).Missing);
        }
        return late;
    }

    private bool IsLate(Change change) => time.GetUtcNow() - change.At > Lagging;

    private static NodeSession? SessionOf(ModelLoop model, NodeName node) =>
        model.Nodes.GetValueOrDefault(node)?.Session;

    private static Wire.StageOne StageOne(string uid, List<NodeName> missing) =>
        new()
        {
            InterfaceUid = uid,
            Settled = true,
            Missing = { Names(missing) },
        };

    private static List<string> Names(List<NodeName> nodes) => [.. nodes.Select(node => node.Name)];

    // A node holds a change once it acknowledged that version; or, if nothing at that version was for it, all that it was
    // told before.
    private static (int Of, List<NodeName> Missing) Missing(ModelLoop model, string vrf, Change change)
    {
        var subscribers = model.Fabric.Subscribers(vrf);
        var missing = new List<NodeName>();
        foreach (var node in subscribers)
        {
            var session = SessionOf(model, node);
            if (session is null || session.Acknowledged < Math.Min(change.Version, session.Told))
            {
                missing.Add(node);
            }
        }
        missing.Sort();
        return (subscribers.Count, missing);
    }
}
