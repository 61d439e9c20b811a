using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Ipam;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.Controller;

/// <summary>What no event brings about: addresses taken for interfaces that were never made, claims that rested enough.</summary>
internal sealed class Sweeping(KubeApi api, Watched watched, AddressBlocks blocks)
{
    // Longer than any packet, route or neighbour entry of the old holder lives: staleTime's default.
    private static readonly TimeSpan ClaimRest = TimeSpan.FromMinutes(5);

    public async Task RunAsync(CancellationToken cancel)
    {
        var now = api.ServerTime;
        foreach (var block in watched.Blocks.Items)
        {
            foreach (
                var entry in block.Spec.Entries.Where(entry =>
                    entry.Released is null && now - entry.Taken > BlockPlan.Orphaned
                )
            )
            {
                await ReclaimAsync(block, entry, cancel);
            }
        }
        foreach (
            var claim in watched.Claims.Items.Where(claim =>
                claim.Spec.Released is { } released && now - released > ClaimRest
            )
        )
        {
            await api.DeleteAsync<Claim>(null, claim.Metadata.Name, claim.Metadata.Uid, cancel);
        }
    }

    private async Task ReclaimAsync(AddressBlock block, AddressEntry entry, CancellationToken cancel)
    {
        if (
            !ObjectName.TryParse(entry.Interface, "", out var holder)
            || !Address.TryParse(block.Spec.First, out var first)
        )
        {
            return;
        }
        var subnet = new ObjectName(block.Metadata.NamespaceProperty, block.Spec.Subnet);
        var address = first.Add((uint)entry.Offset);
        if (watched.Interfaces.Find(holder.Namespace, holder.Name) is { } living)
        {
            // Taken by a controller that died before it wrote the interface, and another took another.
            if (!AddressBlocks.Has(living, address))
            {
                await blocks.ForgetAsync(subnet, address, entry.Interface, cancel);
            }
        }
        else if (await api.FindAsync<NetworkInterface>(holder.Namespace, holder.Name, cancel) is null)
        {
            await blocks.ReleaseAsync(subnet, address, entry.Interface, cancel);
        }
    }
}
