using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.Controller.Networks;

/// <summary>A VirtualNetworkRouter: which networks it lets in and whom it joins them with, decided once and written down.</summary>
internal sealed class RouterReconciler(KubeApi api, Watched watched, EventRecorder events) : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    // One decision at a time, and each sees what the one before it wrote, whether the watch has shown it or not.
    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<ObjectName, VirtualNetworkRouter> written = [];

    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            if (Latest(name) is not { } router || router.Metadata.DeletionTimestamp is not null)
            {
                written.Remove(name);
                return null;
            }
            var decision = RouterAdmission.Decide(router, Surroundings());
            await WriteAsync(name, router, decision, cancel);
            return decision.Collisions.Count > 0 ? LookAgain : null; // an address may be free by then
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Routers whose decision another one's change may touch.</summary>
    public static IEnumerable<ObjectName> Near(Watched watched, VirtualNetworkRouter router) =>
        watched
            .Routers.Items.Where(other =>
                RouterIntent.Imports(other, router, watched.NamespaceLabels)
                || RouterIntent.Imports(router, other, watched.NamespaceLabels)
                || other.Status?.Peers?.Contains(router.ObjectName().ToString()) == true
            )
            .Select(other => other.ObjectName());

    public void Dispose() => turn.Dispose();

    private VirtualNetworkRouter? Latest(ObjectName name) =>
        watched.Routers.Find(name.Namespace, name.Name) is { } seen ? Newer(seen) : null;

    private VirtualNetworkRouter Newer(VirtualNetworkRouter seen) =>
        written.TryGetValue(seen.ObjectName(), out var own)
        && own.Metadata.Uid == seen.Metadata.Uid
        && long.TryParse(own.Metadata.ResourceVersion, out var ours)
        && long.TryParse(seen.Metadata.ResourceVersion, out var theirs)
        && ours > theirs
            ? own
            : seen;

    private RouterAdmission.Surroundings Surroundings()
    {
        var inUse = watched.Interfaces.Items.ToLookup(item => item.Spec.Network, StringComparer.Ordinal);
        var addresses = new Dictionary<ObjectName, IReadOnlyCollection<Address>>();
        return new RouterAdmission.Surroundings(
            [.. watched.Routers.Items.Where(router => router.Metadata.DeletionTimestamp is null).Select(Newer)],
            space => watched.Networks.Items.Where(network => network.Metadata.NamespaceProperty == space),
            watched.NamespaceLabels,
            network =>
            {
                if (!addresses.TryGetValue(network, out var all))
                {
                    addresses[network] = all = [.. Watched.AddressesOf(inUse[network.ToString()]).Distinct()];
                }
                return all;
            }
        );
    }

    private async Task WriteAsync(
        ObjectName name,
        VirtualNetworkRouter router,
        RouterAdmission.Decision decision,
        CancellationToken cancel
    )
    {
        var old = router.Status ?? new VirtualNetworkRouterStatus();
        var conditions = Describe(old, router, decision);
        var now = old with
        {
            Networks = decision.Joined.Count,
            Joined = decision.Joined,
            Peers = decision.Peers,
            Collisions = [.. decision.Collisions.Take(64)],
            Conditions = conditions,
        };
        if (
            old.Networks == now.Networks
            && Same(old.Joined, now.Joined)
            && Same(old.Peers, now.Peers)
            && Same(old.Collisions, now.Collisions)
            && Conditions.Same(old.Conditions, conditions)
        )
        {
            return;
        }
        written[name] = await api.UpdateStatusAsync(router with { Status = now }, cancel);
        await Judged.TellAsync(events, router, old.Conditions, decision.Judgement, cancel);
        foreach (var collision in decision.Collisions.Where(one => old.Collisions?.Contains(one) != true))
        {
            await events.WarningAsync(
                router,
                "Collision",
                $"{collision.Network} and {collision.With} both use {collision.Address}: what is not joined yet waits until one of them gives it up",
                cancel
            );
        }
    }

    private IReadOnlyList<k8s.Models.V1Condition> Describe(
        VirtualNetworkRouterStatus old,
        VirtualNetworkRouter router,
        RouterAdmission.Decision decision
    )
    {
        var generation = router.Metadata.Generation;
        var first = decision.Collisions.Count > 0 ? decision.Collisions[0] : null;
        var list = Judged.Conditions(old.Conditions, decision.Judgement, generation, api.ServerTime);
        list = Conditions.With(
            list,
            "Collision",
            first is not null,
            first is null ? "None" : "AddressesCollide",
            first is null ? "" : $"{first.Network} and {first.With} both use {first.Address}",
            generation,
            api.ServerTime
        );
        return first is null || !decision.Judgement.IsAccepted
            ? list
            : Conditions.With(
                list,
                Conditions.Ready,
                false,
                "Collision",
                $"{first.Network} and {first.With} both use {first.Address}",
                generation,
                api.ServerTime
            );
    }

    private static bool Same<T>(IReadOnlyList<T>? one, IReadOnlyList<T>? other) =>
        (one ?? []).SequenceEqual(other ?? []);
}
