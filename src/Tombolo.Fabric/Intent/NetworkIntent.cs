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
    )
    {
        /// <summary>Who may write route targets and VNIs.</summary>
        public IReadOnlyCollection<RouteTargetGrant> Grants { get; init; } = [];
    }

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
        return judgement.IsAccepted ? JudgeFields(network, around) : judgement;
    }

    /// <summary>Are its VNI and all of its route targets granted to its namespace?</summary>
    public static bool IsGranted(
        VirtualNetwork network,
        IReadOnlyCollection<RouteTargetGrant> grants,
        Func<string, IDictionary<string, string>?> namespaceLabels
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        return JudgeGrants(network, grants, namespaceLabels).IsAccepted;
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

    private static Judgement JudgeFields(VirtualNetwork network, Surroundings around)
    {
        var spec = network.Spec;
        var judgement = JudgeGrants(network, around.Grants, around.NamespaceLabels);
        judgement = judgement.IsAccepted ? StaticIntent.Read(network, around.SystemSubnets, out _) : judgement;
        judgement = judgement.IsAccepted ? AllowedIntent.Judge(network, around.SystemSubnets) : judgement;
        return !judgement.IsAccepted ? judgement
            : spec.Forwarding == Forwarding.Underlay ? Judgement.NotYet("spec.forwarding", "underlay forwarding")
            : spec.SourceNat == true ? Judgement.NotYet("spec.sourceNat", "source NAT to the outside")
            : spec.PacketMode == true ? Judgement.NotYet("spec.packetMode", "packet mode")
            : spec.SystemServices is { Count: > 0 } ? Judgement.NotYet("spec.systemServices", "services of the system")
            : Judgement.Accepted;
    }

    private static Judgement JudgeGrants(
        VirtualNetwork network,
        IReadOnlyCollection<RouteTargetGrant> grants,
        Func<string, IDictionary<string, string>?> namespaceLabels
    )
    {
        var home = network.Metadata.NamespaceProperty;
        var labels = namespaceLabels(home);
        if (network.Spec.Vni is { } vni && home != Names.SystemNamespace && !GrantIntent.Allows(grants, labels, vni))
        {
            return Judgement.Refused(
                "NeedsGrant",
                "spec.vni",
                $"no RouteTargetGrant lets namespace {home} use VNI {vni}; leave it out to have one allocated"
            );
        }
        foreach (
            var (field, texts) in new[]
            {
                ("spec.routeTargets.import", network.Spec.RouteTargets?.Import),
                ("spec.routeTargets.export", network.Spec.RouteTargets?.Export),
            }
        )
        {
            for (var i = 0; i < (texts?.Count ?? 0); i++)
            {
                if (!RouteTarget.TryParse(texts![i], out var target))
                {
                    return Judgement.Refused(
                        "InvalidRouteTarget",
                        $"{field}[{i}]",
                        $"'{texts[i]}' is no route target; write 64512:100 or 10.0.0.1:100"
                    );
                }
                if (home != Names.SystemNamespace && !GrantIntent.Allows(grants, labels, target))
                {
                    return Judgement.Refused(
                        "NeedsGrant",
                        $"{field}[{i}]",
                        $"no RouteTargetGrant lets namespace {home} write {target}: a route target is a key to other networks"
                    );
                }
            }
        }
        return Judgement.Accepted;
    }
}
