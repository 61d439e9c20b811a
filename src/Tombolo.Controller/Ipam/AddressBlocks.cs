using System.Collections.Concurrent;
using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.Controller.Ipam;

/// <summary>
/// Takes and gives back addresses. Each change is a compare-and-swap of one AddressBlock (or its creation), so two
/// controllers that both believe they lead never grant an address twice: one of them is refused and looks again.
/// </summary>
internal sealed class AddressBlocks(KubeApi api, Watched watched)
{
    // What we wrote ourselves is newer than what the watch has shown so far.
    private readonly ConcurrentDictionary<ObjectName, AddressBlock> written = new();
    private readonly ConcurrentDictionary<ObjectName, SemaphoreSlim> turns = new();

    /// <summary>Blocks by name as last known.</summary>
    public AddressBlock? Find(ObjectName name)
    {
        var seen = watched.Blocks.Find(name.Namespace, name.Name);
        if (!written.TryGetValue(name, out var own))
        {
            return seen;
        }
        if (seen is not null && VersionOf(seen) >= VersionOf(own))
        {
            written.TryRemove(name, out _);
            return seen;
        }
        return own;
    }

    /// <summary>Takes an address of a subnet for an interface; what it already holds there is given again.</summary>
    public async Task<Grant> TakeAsync(ObjectName subnet, SubnetIntent intent, Wish wish, CancellationToken cancel)
    {
        // One taker a subnet in this process: so that only another process can be the cause of a conflict.
        var turn = turns.GetOrAdd(subnet, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancel);
        try
        {
            return wish.Fixed is { } address
                ? await TakeFixedAsync(subnet, intent, wish, address, cancel)
                : await TakeAnyAsync(subnet, intent, wish, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Lays an interface's address to rest.</summary>
    public Task ReleaseAsync(ObjectName subnet, Address address, string holder, CancellationToken cancel) =>
        GiveBackAsync(subnet, address, holder, block => BlockPlan.Release(block, address, api.ServerTime), cancel);

    /// <summary>Gives back an address that its holder never came to use.</summary>
    public Task ForgetAsync(ObjectName subnet, Address address, string holder, CancellationToken cancel) =>
        GiveBackAsync(subnet, address, holder, block => BlockPlan.Forget(block, address), cancel);

    /// <summary>Gives back what is held in an interface's name and is none of its addresses, which never change.</summary>
    public async Task ForgetOthersAsync(NetworkInterface self, CancellationToken cancel)
    {
        var holder = self.ObjectName().ToString();
        foreach (var (subnet, address) in HeldBy(holder).Where(held => !Has(self, held.Address)))
        {
            await ForgetAsync(subnet, address, holder, cancel);
        }
    }

    /// <summary>Is the address one of the interface's own, its system addresses too?</summary>
    public static bool Has(NetworkInterface self, Address address) =>
        self
            .Spec.Addresses.Concat(self.Spec.SystemAddresses ?? [])
            .Any(text => Address.TryParse(text, out var own) && own == address);

    private async Task GiveBackAsync(
        ObjectName subnet,
        Address address,
        string holder,
        Func<AddressBlock, AddressBlock> change,
        CancellationToken cancel
    )
    {
        var name = new ObjectName(subnet.Namespace, BlockPlan.NameOf(subnet.Name, BlockPlan.FirstOf(address)));
        while (
            Find(name) is { } block
            && BlockPlan.EntryOf(block, address) is { Released: null } entry
            && entry.Interface == holder
            && !await TryWriteAsync(name, change(block), cancel)
        ) { }
    }

    /// <summary>What an interface holds, and of which Subnet.</summary>
    public IReadOnlyList<(ObjectName Subnet, Address Address)> HeldBy(string holder) =>
        [
            .. from seen in watched.Blocks.Items
            let block = Find(seen.ObjectName()) ?? seen
            from entry in block.Spec.Entries
            where entry.Interface == holder && entry.Released is null
            where Address.TryParse(block.Spec.First, out _)
            select (
                new ObjectName(block.Metadata.NamespaceProperty, block.Spec.Subnet),
                Address.Parse(block.Spec.First).Add((uint)entry.Offset)
            ),
        ];

    /// <summary>Addresses of a subnet that are held, those at rest not counted.</summary>
    public int HeldIn(ObjectName subnet) =>
        BlocksOf(subnet).Sum(block => block.Spec.Entries.Count(entry => entry.Released is null));

    public IEnumerable<AddressBlock> BlocksOf(ObjectName subnet) =>
        watched
            .Blocks.Items.Where(block =>
                block.Metadata.NamespaceProperty == subnet.Namespace && block.Spec.Subnet == subnet.Name
            )
            .Select(block => Find(block.ObjectName()) ?? block);

    private async Task<Grant> TakeFixedAsync(
        ObjectName subnet,
        SubnetIntent intent,
        Wish wish,
        Address address,
        CancellationToken cancel
    )
    {
        if (!intent.Gives(address))
        {
            return Grant.Refused(
                "AddressNotAvailable",
                $"{address} is the gateway, reserved or outside what Subnet {subnet} gives out"
            );
        }
        while (true)
        {
            var first = BlockPlan.FirstOf(address);
            var block = Find(new ObjectName(subnet.Namespace, BlockPlan.NameOf(subnet.Name, first)));
            var entry = BlockPlan.EntryOf(block, address);
            if (entry is { Released: null })
            {
                return entry.Interface == wish.Interface && entry.PodUid == wish.PodUid
                    ? Grant.Of(address)
                    : Grant.Refused(
                        "AddressTaken",
                        $"{address} of Subnet {subnet} is held by NetworkInterface {entry.Interface}"
                    );
            }
            if (wish.Avoid.Contains(address))
            {
                return Grant.Refused(
                    "AddressCollides",
                    $"{address} is in use in a network that a router joins with this one"
                );
            }
            // One at rest was withdrawn everywhere before it was released, so the next holder may have it by name.
            if (await TryTakeAsync(subnet, block, first, address, wish, cancel))
            {
                return Grant.Of(address);
            }
        }
    }

    private async Task<Grant> TakeAnyAsync(ObjectName subnet, SubnetIntent intent, Wish wish, CancellationToken cancel)
    {
        if (intent.RangeOf(wish.Range) is not { } range)
        {
            return Grant.Refused(
                "RangeNotFound",
                $"Subnet {subnet} has no range with key '{wish.Range}' in spec.ranges"
            );
        }
        var held = BlocksOf(subnet)
            .SelectMany(block => block.Spec.Entries.Select(entry => (block, entry)))
            .FirstOrDefault(pair =>
                pair.entry is { Released: null }
                && pair.entry.Interface == wish.Interface
                && pair.entry.PodUid == wish.PodUid
            );
        if (held.block is not null && Address.TryParse(held.block.Spec.First, out var start))
        {
            return Grant.Of(start.Add((uint)held.entry.Offset));
        }
        foreach (var first in BlockPlan.BlocksOf(range.Start, range.End, subnet.ToString()))
        {
            while (true)
            {
                var block = Find(new ObjectName(subnet.Namespace, BlockPlan.NameOf(subnet.Name, first)));
                var free = BlockPlan.FreeIn(
                    block,
                    first,
                    address =>
                        address >= range.Start
                        && address <= range.End
                        && intent.Gives(address)
                        && !wish.Avoid.Contains(address),
                    api.ServerTime
                );
                if (free is not { } address)
                {
                    break;
                }
                if (await TryTakeAsync(subnet, block, first, address, wish, cancel))
                {
                    return Grant.Of(address);
                }
            }
        }
        var of = wish.Range is null ? $"{intent.Cidr}" : $"range '{wish.Range}'";
        var but = wish.Avoid.Count > 0 ? " that no network joined with this one uses" : "";
        return Grant.Refused("SubnetFull", $"Subnet {subnet} has no address left in {of}{but}");
    }

    private async Task<bool> TryTakeAsync(
        ObjectName subnet,
        AddressBlock? block,
        Address first,
        Address address,
        Wish wish,
        CancellationToken cancel
    )
    {
        var name = new ObjectName(subnet.Namespace, BlockPlan.NameOf(subnet.Name, first));
        var next = BlockPlan.Take(block ?? New(subnet, name, first), address, wish, api.ServerTime);
        return await TryWriteAsync(name, next, cancel);
    }

    /// <returns>False if another was faster: look again.</returns>
    private async Task<bool> TryWriteAsync(ObjectName name, AddressBlock block, CancellationToken cancel)
    {
        try
        {
            written[name] = block.Metadata.ResourceVersion is null
                ? await api.CreateAsync(block, cancel)
                : await api.UpdateAsync(block, cancel);
            return true;
        }
        catch (KubeException refused)
            when (refused.IsConflict
                || refused.AlreadyExists
                || (refused.IsNotFound && block.Metadata.ResourceVersion is not null)
            )
        {
            if (await api.FindAsync<AddressBlock>(name.Namespace, name.Name, cancel) is { } now)
            {
                written[name] = now;
            }
            else
            {
                written.TryRemove(name, out _);
            }
            return false;
        }
    }

    private AddressBlock New(ObjectName subnet, ObjectName name, Address first) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = name.Name,
                NamespaceProperty = name.Namespace,
                // A dying namespace must not free what its last pods still hold.
                Finalizers = [Names.InUseFinalizer],
                OwnerReferences = watched.Subnets.Find(subnet.Namespace, subnet.Name) is { } owner
                    ? [Owner(owner)]
                    : null,
            },
            Spec = new AddressBlockSpec { Subnet = subnet.Name, First = first.ToString() },
        };

    private static V1OwnerReference Owner(Subnet subnet) =>
        new()
        {
            ApiVersion = Names.ApiVersion,
            Kind = nameof(Subnet),
            Name = subnet.Metadata.Name,
            Uid = subnet.Metadata.Uid,
        };

    private static long VersionOf(AddressBlock block) =>
        long.TryParse(block.Metadata.ResourceVersion, out var version) ? version : 0;
}
