using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>Which network a pod's primary interface is to be in, and with which addresses. The nearest wins: the pod's
/// annotation, the namespace's, the isolated namespace's own network, the default network.</summary>
/// <param name="Fixed">Addresses that the pod asks for; empty: any.</param>
/// <param name="Range">Key of the range to draw from, or null.</param>
public sealed record Attachment(ObjectName Network, Sequence<Address> Fixed, string? Range)
{
    /// <summary>Reads the annotations. They say nothing yet of whether the network is there.</summary>
    public static Judgement Of(V1Pod pod, V1Namespace? space, FabricConfigSpec config, out Attachment? attachment)
    {
        ArgumentNullException.ThrowIfNull(pod);
        attachment = null;
        var home = pod.Metadata.NamespaceProperty;
        var network = Isolation.IsIsolated(space, config) ? Isolation.PodsOf(home) : Names.DefaultNetwork;
        var (text, where) =
            pod.Metadata.Annotations?.TryGetValue(Names.Network, out var own) == true ? (own, "pod")
            : space?.Metadata.Annotations?.TryGetValue(Names.Network, out var inherited) == true
                ? (inherited, "namespace")
            : (null, "");
        if (text is not null && !ObjectName.TryParse(text, home, out network))
        {
            return Judgement.Refused(
                "InvalidAnnotation",
                $"annotation {Names.Network} of the {where}",
                $"'{text}' is neither name nor namespace/name of a VirtualNetwork"
            );
        }
        var judgement = ReadAddresses(pod, out var addresses);
        if (judgement.IsAccepted)
        {
            string? range = null;
            pod.Metadata.Annotations?.TryGetValue(Names.Range, out range);
            attachment = new Attachment(network, addresses.ToSequence(), range);
        }
        return judgement;
    }

    /// <summary>May the pod use that network?</summary>
    public Judgement JudgeConsent(
        V1Pod pod,
        VirtualNetwork? network,
        Func<string, IDictionary<string, string>?> namespaceLabels
    )
    {
        ArgumentNullException.ThrowIfNull(pod);
        if (network is null)
        {
            return new Judgement(
                "NetworkNotFound",
                $"there is no VirtualNetwork {Network}; the pod starts when it comes"
            );
        }
        var home = pod.Metadata.NamespaceProperty;
        var open = Network == Names.DefaultNetwork;
        return open || NetworkIntent.Consents(Network.Namespace, network.Spec.Consumers, home, namespaceLabels)
            ? Judgement.Accepted
            : new Judgement(
                "NetworkNotShared",
                $"VirtualNetwork {Network} is not offered to namespace {home} (its spec.consumers)"
            );
    }

    private static Judgement ReadAddresses(V1Pod pod, out List<Address> addresses)
    {
        addresses = [];
        if (pod.Metadata.Annotations?.TryGetValue(Names.Addresses, out var text) != true)
        {
            return Judgement.Accepted;
        }
        var field = $"annotation {Names.Addresses}";
        foreach (var part in text!.Split(','))
        {
            if (!Address.TryParse(part.Trim(), out var address))
            {
                return Judgement.Refused("InvalidAnnotation", field, $"'{part.Trim()}' is no IP address");
            }
            if (addresses.Any(other => other.Family == address.Family))
            {
                return Judgement.Refused(
                    "InvalidAnnotation",
                    field,
                    $"two {address.Family} addresses; an interface has one a family"
                );
            }
            addresses.Add(address);
        }
        return Judgement.Accepted;
    }
}
