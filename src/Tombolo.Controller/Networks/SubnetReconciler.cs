using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Ipam;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;

namespace Tombolo.Controller.Networks;

/// <summary>A Subnet: judged, counted, kept until none of its addresses is held.</summary>
internal sealed class SubnetReconciler(KubeApi api, Watched watched, AddressBlocks blocks, EventRecorder events)
{
    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        var subnet = watched.Subnets.Find(name.Namespace, name.Name);
        if (subnet is null)
        {
            return null;
        }
        if (subnet.Metadata.DeletionTimestamp is not null)
        {
            return await FinishAsync(subnet, cancel);
        }
        if (subnet.Metadata.Finalizers?.Contains(Names.InUseFinalizer) != true)
        {
            subnet = await api.SetFinalizerAsync(subnet, Names.InUseFinalizer, held: true, cancel);
        }
        var system = name.Namespace == Names.SystemNamespace ? [] : ConfigIntent.SystemSubnets(watched.Config);
        var judgement = SubnetIntent.Judge(subnet, system, out var intent);
        var old = subnet.Status ?? new SubnetStatus();
        var used = blocks.HeldIn(name);
        var now = old with
        {
            Cidr = intent?.Cidr.ToString(),
            Gateway = intent?.Gateway.ToString(),
            Capacity = intent?.Capacity,
            Used = used,
            Free = intent is null ? null : Math.Max(0, intent.Capacity - used),
            Conditions = Judged.Conditions(old.Conditions, judgement, subnet.Metadata.Generation, api.ServerTime),
        };
        var same =
            old with { Conditions = null } == now with { Conditions = null }
            && Conditions.Same(old.Conditions, now.Conditions);
        if (!same)
        {
            await api.UpdateStatusAsync(subnet with { Status = now }, cancel);
            await Judged.TellAsync(events, subnet, old.Conditions, judgement, cancel);
        }
        return null;
    }

    private async Task<TimeSpan?> FinishAsync(Subnet subnet, CancellationToken cancel)
    {
        var name = subnet.ObjectName();
        if (subnet.Metadata.Finalizers?.Contains(Names.InUseFinalizer) != true || blocks.HeldIn(name) > 0)
        {
            return null; // the block that lays its last address to rest brings us back
        }
        foreach (var block in blocks.BlocksOf(name).ToList())
        {
            await api.SetFinalizerAsync(block, Names.InUseFinalizer, held: false, cancel);
            await api.DeleteAsync<AddressBlock>(name.Namespace, block.Metadata.Name, block.Metadata.Uid, cancel);
        }
        await api.SetFinalizerAsync(subnet, Names.InUseFinalizer, held: false, cancel);
        return null;
    }
}
