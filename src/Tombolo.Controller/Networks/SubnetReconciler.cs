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
            subnet.Metadata.Finalizers = [.. subnet.Metadata.Finalizers ?? [], Names.InUseFinalizer];
            subnet = await api.UpdateAsync(subnet, cancel);
        }
        var system = name.Namespace == Names.SystemNamespace ? [] : Watched.SystemPrefixes(watched.Config);
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
            Conditions = WithBoth(old, subnet, judgement),
        };
        var same =
            old with { Conditions = null } == now with { Conditions = null }
            && Conditions.Same(old.Conditions, now.Conditions);
        if (!same)
        {
            await api.UpdateStatusAsync(subnet with { Status = now }, cancel);
            if (
                !judgement.IsAccepted
                && Conditions.Find(old.Conditions, Conditions.Accepted)?.Message != judgement.Message
            )
            {
                await events.WarningAsync(subnet, judgement.Reason, judgement.Message, cancel);
            }
        }
        return null;
    }

    private IReadOnlyList<k8s.Models.V1Condition> WithBoth(SubnetStatus old, Subnet subnet, Judgement judgement)
    {
        var generation = subnet.Metadata.Generation;
        var accepted = judgement.IsAccepted;
        var list = Conditions.With(
            old.Conditions,
            Conditions.Accepted,
            accepted,
            judgement.Reason,
            judgement.Message,
            generation,
            api.ServerTime
        );
        return Conditions.With(
            list,
            Conditions.Ready,
            accepted,
            accepted ? "Ready" : judgement.Reason,
            judgement.Message,
            generation,
            api.ServerTime
        );
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
            block.Metadata.Finalizers?.Remove(Names.InUseFinalizer);
            await api.UpdateAsync(block, cancel);
            await api.DeleteAsync<AddressBlock>(name.Namespace, block.Metadata.Name, block.Metadata.Uid, cancel);
        }
        subnet.Metadata.Finalizers.Remove(Names.InUseFinalizer);
        await api.UpdateAsync(subnet, cancel);
        return null;
    }
}
