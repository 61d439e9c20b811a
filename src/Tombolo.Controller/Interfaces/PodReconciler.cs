using System.Collections.Concurrent;
using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Controller.Ipam;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.Controller.Interfaces;

/// <summary>
/// A Pod: its network is decided, its addresses are taken and its NetworkInterface is written once, when it is created. A pod
/// that cannot have them yet waits, with an event that says why.
/// </summary>
internal sealed class PodReconciler(KubeApi api, Watched watched, AddressBlocks blocks, EventRecorder events)
{
    private const string Primary = "eth0";
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ObjectName, string> waiting = new();

    /// <summary>Pods that wait for a network, a subnet, an address.</summary>
    public ICollection<ObjectName> Waiting => waiting.Keys;

    public int WaitingCount => waiting.Count;

    public async Task<TimeSpan?> ReconcileAsync(ObjectName name, CancellationToken cancel)
    {
        var pod = watched.Pods.Find(name.Namespace, name.Name);
        if (
            pod is null
            || pod.Spec.HostNetwork == true
            || pod.Metadata.DeletionTimestamp is not null
            || pod.Status?.Phase is "Succeeded" or "Failed"
        )
        {
            waiting.TryRemove(name, out _);
            return null;
        }
        var own = InterfaceName.Of(pod.Metadata.Name, pod.Metadata.Uid, Primary);
        if (watched.Interfaces.Find(name.Namespace, own) is not null)
        {
            waiting.TryRemove(name, out _);
            return null;
        }
        var judgement = await AttachAsync(pod, own, cancel);
        if (judgement.IsAccepted)
        {
            waiting.TryRemove(name, out _);
            return null;
        }
        await WaitAsync(name, pod, judgement, cancel);
        return LookAgain; // an address may have come to rest
    }

    private async Task WaitAsync(ObjectName name, V1Pod pod, Judgement judgement, CancellationToken cancel)
    {
        var former = waiting.GetValueOrDefault(name);
        waiting[name] = judgement.Message;
        if (former != judgement.Message)
        {
            await events.WarningAsync(pod, judgement.Reason, judgement.Message, cancel);
        }
    }

    private async Task<Judgement> AttachAsync(V1Pod pod, string own, CancellationToken cancel)
    {
        var space = watched.Namespaces.Find(null, pod.Metadata.NamespaceProperty);
        var judgement = Attachment.Of(pod, space, watched.Config, out var attachment);
        if (!judgement.IsAccepted)
        {
            return judgement;
        }
        var network = watched.Networks.Find(attachment!.Network.Namespace, attachment.Network.Name);
        judgement = attachment.JudgeConsent(pod, network, watched.NamespaceLabels);
        if (!judgement.IsAccepted)
        {
            return judgement;
        }
        if (network!.Metadata.DeletionTimestamp is not null)
        {
            return new Judgement("NetworkTerminating", $"VirtualNetwork {attachment.Network} is being deleted");
        }
        judgement = NetworkIntent.Judge(network, watched.Surroundings, out var subnets);
        if (!judgement.IsAccepted || network.Status?.VrfIndex is null)
        {
            var why = judgement.IsAccepted ? "it has no VRF yet" : judgement.Message;
            return new Judgement("NetworkNotAccepted", $"VirtualNetwork {attachment.Network} is not accepted: {why}");
        }
        var holder = $"{pod.Metadata.NamespaceProperty}/{own}";
        judgement = JudgeAddresses(attachment, subnets);
        var allowed = new List<Prefix>();
        judgement = judgement.IsAccepted
            ? AllowedIntent.Of(pod, network, subnets.Select(subnet => subnet.Intent), out allowed)
            : judgement;
        if (!judgement.IsAccepted)
        {
            return judgement;
        }
        var (refusal, addresses) = await TakeFamiliesAsync(pod, holder, attachment, subnets, cancel);
        if (!refusal.IsAccepted)
        {
            return refusal;
        }
        var (systemRefusal, system) = await TakeSystemAsync(pod, holder, addresses, cancel);
        if (!systemRefusal.IsAccepted)
        {
            return systemRefusal;
        }
        await WriteAsync(pod, own, attachment.Network, addresses, system, allowed, cancel);
        return Judgement.Accepted;
    }

    private static Judgement JudgeAddresses(Attachment attachment, List<(ObjectName Name, SubnetIntent Intent)> subnets)
    {
        if (subnets.Count == 0)
        {
            return new Judgement(
                "NetworkWithoutSubnet",
                $"VirtualNetwork {attachment.Network} has no subnet to take an address from"
            );
        }
        foreach (var address in attachment.Fixed)
        {
            if (!subnets.Any(subnet => subnet.Intent.Cidr.Contains(address)))
            {
                return Judgement.Refused(
                    "AddressNotAvailable",
                    $"annotation {Names.Addresses}",
                    $"{address} is in no subnet of VirtualNetwork {attachment.Network}"
                );
            }
        }
        return Judgement.Accepted;
    }

    // One address a family: of the subnet that contains the fixed one, else of the first with room.
    private async Task<(Judgement, List<Address>)> TakeFamiliesAsync(
        V1Pod pod,
        string holder,
        Attachment attachment,
        List<(ObjectName Name, SubnetIntent Intent)> subnets,
        CancellationToken cancel
    )
    {
        var taken = new List<Address>();
        var avoid = watched.InUseAround(attachment.Network);
        foreach (var family in subnets.GroupBy(subnet => subnet.Intent.Cidr.Family).OrderBy(group => group.Key))
        {
            Address? wanted = attachment.Fixed.Any(address => address.Family == family.Key)
                ? attachment.Fixed.First(address => address.Family == family.Key)
                : null;
            var wish = new Wish(holder, pod.Metadata.Uid, wanted, attachment.Range) { Avoid = avoid };
            var last = default(Grant);
            foreach (
                var (name, intent) in family.Where(subnet =>
                    wanted is not { } address || subnet.Intent.Cidr.Contains(address)
                )
            )
            {
                last = await blocks.TakeAsync(name, intent, wish, cancel);
                if (last.IsGranted)
                {
                    break;
                }
            }
            if (!last.IsGranted)
            {
                return (new Judgement(last.Reason, last.Message), taken);
            }
            taken.Add(last.Address);
        }
        return (Judgement.Accepted, taken);
    }

    // Every interface has an address that is unique in the system, one of each family that it speaks.
    private async Task<(Judgement, List<Address>)> TakeSystemAsync(
        V1Pod pod,
        string holder,
        List<Address> addresses,
        CancellationToken cancel
    )
    {
        var taken = new List<Address>();
        foreach (var (name, subnet) in Defaults.SubnetsOf(Names.SystemNetwork, watched.Config.SystemSubnets))
        {
            if (
                !addresses.Any(address => address.Family == subnet.Family)
                || watched.Subnets.Find(name.Namespace, name.Name) is not { } found
                || SubnetIntent.Judge(found, [], out var intent) is { IsAccepted: false }
            )
            {
                continue;
            }
            var grant = await blocks.TakeAsync(name, intent!, new Wish(holder, pod.Metadata.Uid, null, null), cancel);
            if (!grant.IsGranted)
            {
                return (new Judgement(grant.Reason, grant.Message), taken);
            }
            taken.Add(grant.Address);
        }
        return (Judgement.Accepted, taken);
    }

    private async Task WriteAsync(
        V1Pod pod,
        string own,
        ObjectName network,
        List<Address> addresses,
        List<Address> system,
        List<Prefix> allowed,
        CancellationToken cancel
    )
    {
        var made = new NetworkInterface
        {
            Metadata = new V1ObjectMeta
            {
                Name = own,
                NamespaceProperty = pod.Metadata.NamespaceProperty,
                Finalizers = [Names.AddressFinalizer],
                OwnerReferences =
                [
                    new V1OwnerReference
                    {
                        ApiVersion = "v1",
                        Kind = "Pod",
                        Name = pod.Metadata.Name,
                        Uid = pod.Metadata.Uid,
                        Controller = true,
                    },
                ],
            },
            Spec = new NetworkInterfaceSpec
            {
                Pod = new PodReference { Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
                Interface = Primary,
                Cluster = watched.Config.ClusterId,
                Network = network.ToString(),
                Addresses = [.. addresses.Select(address => address.ToString())],
                Allowed = allowed.Count > 0 ? [.. allowed.Select(prefix => prefix.ToString())] : null,
                Mac = InterfaceName.MacOf(pod.Metadata.Uid, Primary).ToString(),
                SystemAddresses = [.. system.Select(address => address.ToString())],
            },
        };
        try
        {
            await api.CreateAsync(made, cancel);
        }
        catch (KubeException refused) when (refused.AlreadyExists)
        {
            // The name holds the pod's uid, so it is this one's: another controller, that believes it leads as we do, was faster.
            if (await api.FindAsync<NetworkInterface>(made.Metadata.NamespaceProperty, own, cancel) is { } theirs)
            {
                await blocks.ForgetOthersAsync(theirs, cancel);
            }
        }
    }
}
