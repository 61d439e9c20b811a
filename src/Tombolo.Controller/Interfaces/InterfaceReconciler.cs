using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Ipam;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.Controller.Interfaces;

/// <summary>A NetworkInterface: deleted with its pod, and its addresses laid to rest once its node let go of it.</summary>
internal sealed class InterfaceReconciler(KubeApi api, Watched watched, AddressBlocks blocks)
{
    // A node that cannot say that it let go is not waited for longer: its routes are withdrawn by then.
    private static readonly TimeSpan Withdrawal = TimeSpan.FromSeconds(10);

    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        var self = watched.Interfaces.Find(name.Namespace, name.Name);
        if (self is null)
        {
            return null;
        }
        if (self.Metadata.DeletionTimestamp is not { } deleted)
        {
            if (await IsOrphanAsync(self, cancel))
            {
                await api.DeleteAsync<NetworkInterface>(name.Namespace, name.Name, self.Metadata.Uid, cancel);
            }
            return null;
        }
        if (self.Metadata.Finalizers?.Contains(Names.AddressFinalizer) != true)
        {
            return null;
        }
        var withdrawn = self.Status?.Node is null || self.Status.State == InterfaceState.Withdrawn;
        var left = deleted + Withdrawal - api.ServerTime;
        if (!withdrawn && left > TimeSpan.Zero)
        {
            return left;
        }
        foreach (var (subnet, address) in blocks.HeldBy(name.ToString()))
        {
            await blocks.ReleaseAsync(subnet, address, name.ToString(), cancel);
        }
        await api.SetFinalizerAsync(self, Names.AddressFinalizer, held: false, cancel);
        return null;
    }

    private async Task<bool> IsOrphanAsync(NetworkInterface self, CancellationToken cancel)
    {
        var pod = watched.Pods.Find(self.Metadata.NamespaceProperty, self.Spec.Pod.Name);
        if (pod?.Metadata.Uid == self.Spec.Pod.Uid)
        {
            return pod.Status?.Phase is "Succeeded" or "Failed";
        }
        // The watch of pods may lag behind that of interfaces; only the server itself can say that there is none.
        pod = await api.FindAsync<V1Pod>(self.Metadata.NamespaceProperty, self.Spec.Pod.Name, cancel);
        return pod?.Metadata.Uid != self.Spec.Pod.Uid;
    }
}
