using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Ipam;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;

namespace Tombolo.Controller.Networks;

/// <summary>A VirtualNetwork: judged, given its numbers once it is accepted, kept until no interface is left in it.</summary>
internal sealed class NetworkReconciler(
    KubeApi api,
    Watched watched,
    AddressBlocks blocks,
    Claims claims,
    EventRecorder events
)
{
    private const int MostNamed = 100;
    private const int LastVrfIndex = ushort.MaxValue; // 16 bits: half of a type 1 route distinguisher

    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        var network = watched.Networks.Find(name.Namespace, name.Name);
        if (network is null)
        {
            return null;
        }
        if (network.Metadata.DeletionTimestamp is not null)
        {
            return await FinishAsync(network, cancel);
        }
        if (network.Metadata.Finalizers?.Contains(Names.InUseFinalizer) != true)
        {
            network = await api.SetFinalizerAsync(network, Names.InUseFinalizer, held: true, cancel);
        }
        var judgement = NetworkIntent.Judge(network, watched.Surroundings, out var subnets);
        var status = network.Status ?? new VirtualNetworkStatus();
        if (judgement.IsAccepted)
        {
            status = await NumberAsync(network, status, cancel);
        }
        await WriteAsync(network, Describe(network, status, judgement, subnets), judgement, cancel);
        return null;
    }

    private async Task<VirtualNetworkStatus> NumberAsync(
        VirtualNetwork network,
        VirtualNetworkStatus status,
        CancellationToken cancel
    )
    {
        if (status is { Vni: not null, VrfIndex: not null })
        {
            return status;
        }
        var holder = $"{nameof(VirtualNetwork)}/{network.ObjectName()}";
        var range = watched.Config.VniRange;
        var (first, last) = network.Spec.Vni is { } wanted ? (wanted, wanted) : (range.First, range.Last);
        return status with
        {
            Vni = await claims.TakeAsync("vni", first, last, holder, network.Metadata.Uid, cancel),
            VrfIndex = await claims.TakeAsync("vrf", 1, LastVrfIndex, holder, network.Metadata.Uid, cancel),
        };
    }

    private VirtualNetworkStatus Describe(
        VirtualNetwork network,
        VirtualNetworkStatus status,
        Judgement judgement,
        List<(ObjectName Name, SubnetIntent Intent)> subnets
    )
    {
        var used = subnets.Sum(subnet => (long)blocks.HeldIn(subnet.Name));
        var capacity = subnets.Aggregate(0L, (sum, subnet) => Math.Min(1L << 53, sum + subnet.Intent.Capacity));
        var programmed = Conditions.Find(status.Conditions, Conditions.Programmed);
        var ready = judgement.IsAccepted && programmed?.Status != "False";
        var reason =
            !judgement.IsAccepted ? judgement.Reason
            : ready ? "Ready"
            : "NotProgrammed";
        var generation = network.Metadata.Generation;
        var conditions = Conditions.With(
            status.Conditions,
            Conditions.Accepted,
            judgement.IsAccepted,
            judgement.Reason,
            judgement.Message,
            generation,
            api.ServerTime
        );
        return status with
        {
            Pods = watched.InterfacesIn(network.ObjectName()).Count(),
            Addresses = new AddressCount { Used = used, Free = Math.Max(0, capacity - used) },
            Restart = PodsToRestart(network),
            Conditions = Conditions.With(
                conditions,
                Conditions.Ready,
                ready,
                reason,
                judgement.IsAccepted ? programmed?.Message ?? "" : judgement.Message,
                generation,
                api.ServerTime
            ),
        };
    }

    // Of an isolated namespace's network: pods that were made before it was.
    private IReadOnlyList<string>? PodsToRestart(VirtualNetwork network)
    {
        var home = network.Metadata.NamespaceProperty;
        return
            network.ObjectName() == Isolation.PodsOf(home)
            && watched.Namespaces.Find(null, home) is { } space
            && watched.ElsewhereThanMeant(space) is [_, ..] pods
            ? [.. pods.Take(MostNamed)]
            : null;
    }

    private async Task WriteAsync(
        VirtualNetwork network,
        VirtualNetworkStatus status,
        Judgement judgement,
        CancellationToken cancel
    )
    {
        var old = network.Status;
        var same =
            old is not null
            && old with { Conditions = null, Restart = null } == status with { Conditions = null, Restart = null }
            && (old.Restart ?? []).SequenceEqual(status.Restart ?? [])
            && Conditions.Same(old.Conditions, status.Conditions);
        if (same)
        {
            return;
        }
        await api.UpdateStatusAsync(network with { Status = status }, cancel);
        await Judged.TellAsync(events, network, old?.Conditions, judgement, cancel);
    }

    private async Task<TimeSpan?> FinishAsync(VirtualNetwork network, CancellationToken cancel)
    {
        if (network.Metadata.Finalizers?.Contains(Names.InUseFinalizer) != true)
        {
            return null;
        }
        var users = watched
            .InterfacesIn(network.ObjectName())
            .Select(item => $"{item.Metadata.NamespaceProperty}/{item.Spec.Pod.Name}")
            .Order(StringComparer.Ordinal)
            .ToList();
        if (users.Count > 0)
        {
            var status = network.Status ?? new VirtualNetworkStatus();
            var named = string.Join(", ", users.Take(5)) + (users.Count > 5 ? $" and {users.Count - 5} more" : "");
            var judgement = new Judgement("InUse", $"waits for pods that are in it: {named}");
            await WriteAsync(
                network,
                status with
                {
                    Pods = users.Count,
                    Conditions = Conditions.With(
                        status.Conditions,
                        Conditions.Ready,
                        false,
                        judgement.Reason,
                        judgement.Message,
                        network.Metadata.Generation,
                        api.ServerTime
                    ),
                },
                Judgement.Accepted,
                cancel
            );
            return null; // the last interface to go brings us back
        }
        await claims.ReleaseAsync(network.Metadata.Uid, cancel);
        await api.SetFinalizerAsync(network, Names.InUseFinalizer, held: false, cancel);
        return null;
    }
}
