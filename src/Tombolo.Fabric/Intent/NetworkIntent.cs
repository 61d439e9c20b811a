using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>What a VirtualNetwork's spec means, given the objects that it names.</summary>
public static class NetworkIntent
{
    /// <summary>What a judgement may look at.</summary>
    /// <param name="Subnet">A Subnet by name, or null.</param>
    /// <param name="NamespaceLabels">Labels of a namespace, or null.</param>
    public sealed record Surroundings(
        Func<ObjectName, Subnet?> Subnet,
        Func<string, IDictionary<string, string>?> NamespaceLabels,
        IReadOnlyList<Prefix> SystemSubnets
    );

    /// <summary>Can the network be honoured?</summary>
    /// <param name="subnets">Those of its subnets that can be used, in the order of the spec.</param>
    public static Judgement Judge(
        VirtualNetwork network,
        Surroundings around,
        out List<(ObjectName Name, SubnetIntent Intent)> subnets
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(around);
        subnets = [];
        var judgement = JudgeSubnets(network, around, subnets);
        return judgement.IsAccepted ? JudgeFields(network) : judgement;
    }

    /// <summary>May objects of <paramref name="inNamespace"/> use what <paramref name="home"/> offers to these consumers?</summary>
    public static bool Consents(
        string home,
        Consumers? consumers,
        string inNamespace,
        Func<string, IDictionary<string, string>?> namespaceLabels
    ) =>
        home == inNamespace
        || (namespaceLabels(inNamespace) is { } labels && Selector.Matches(consumers?.Namespaces, labels));

    private static Judgement JudgeSubnets(
        VirtualNetwork network,
        Surroundings around,
        List<(ObjectName, SubnetIntent)> subnets
    )
    {
        var home = network.Metadata.NamespaceProperty;
        var first = Judgement.Accepted;
        for (var i = 0; i < (network.Spec.Subnets?.Count ?? 0); i++)
        {
            var name = network.Spec.Subnets![i].In(home);
            var judgement = JudgeSubnet(name, $"spec.subnets[{i}]", home, around, subnets);
            if (first.IsAccepted)
            {
                first = judgement;
            }
        }
        return first;
    }

    private static Judgement JudgeSubnet(
        ObjectName name,
        string field,
        string home,
        Surroundings around,
        List<(ObjectName Name, SubnetIntent Intent)> subnets
    )
    {
        if (around.Subnet(name) is not { } subnet)
        {
            return Judgement.Refused("SubnetNotFound", field, $"there is no Subnet {name}");
        }
        if (!Consents(name.Namespace, subnet.Spec.Consumers, home, around.NamespaceLabels))
        {
            return Judgement.Refused(
                "SubnetNotShared",
                field,
                $"Subnet {name} is not offered to namespace {home} (its spec.consumers)"
            );
        }
        // The system network's subnets are the system subnets themselves.
        var isSystem = name.Namespace == Names.SystemNamespace;
        var judgement = SubnetIntent.Judge(subnet, isSystem ? [] : around.SystemSubnets, out var intent);
        if (intent is null)
        {
            return Judgement.Refused("SubnetNotAccepted", field, $"Subnet {name}: {judgement.Message}");
        }
        var overlap = subnets.FirstOrDefault(other => other.Intent.Cidr.Overlaps(intent.Cidr));
        if (overlap.Intent is not null)
        {
            return Judgement.Refused(
                "SubnetsOverlap",
                field,
                $"Subnet {name} ({intent.Cidr}) overlaps Subnet {overlap.Name} ({overlap.Intent.Cidr}) of the same network"
            );
        }
        subnets.Add((name, intent));
        return Judgement.Accepted;
    }

    private static Judgement JudgeFields(VirtualNetwork network)
    {
        var spec = network.Spec;
        var home = network.Metadata.NamespaceProperty;
        if (home != Names.SystemNamespace)
        {
            if (spec.Vni is not null)
            {
                return Judgement.Refused(
                    "NeedsGrant",
                    "spec.vni",
                    $"no grant lets namespace {home} choose a VNI; leave it out to have one allocated"
                );
            }
            if (spec.RouteTargets is not null)
            {
                return Judgement.Refused(
                    "NeedsGrant",
                    "spec.routeTargets",
                    $"no grant lets namespace {home} write route targets: they are keys to other networks"
                );
            }
            if (spec.Forwarding == Forwarding.Underlay)
            {
                return Judgement.NotYet("spec.forwarding", "underlay forwarding");
            }
        }
        return spec.SourceNat == true ? Judgement.NotYet("spec.sourceNat", "source NAT to the outside")
            : spec.IntraNetwork == IntraNetwork.Deny ? Judgement.NotYet("spec.intraNetwork", "a baseline deny")
            : spec.Routes is { Count: > 0 } ? Judgement.NotYet("spec.routes", "static routes")
            : spec.AllowedPrefixes is { Count: > 0 }
                ? Judgement.NotYet("spec.allowedPrefixes", "prefixes beyond the subnets")
            : spec.PacketMode == true ? Judgement.NotYet("spec.packetMode", "packet mode")
            : spec.SystemServices is { Count: > 0 } ? Judgement.NotYet("spec.systemServices", "services of the system")
            : Judgement.Accepted;
    }
}
