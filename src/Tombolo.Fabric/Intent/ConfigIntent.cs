using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>What FabricConfig's spec means: whether it can be honoured, and what of it is in force if not all of it can.</summary>
public static class ConfigIntent
{
    private const int SmallestMtu = 1280; // RFC 8200 §5

    private static readonly FabricConfigSpec Defaults = new();

    public static Judgement Judge(FabricConfigSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Encapsulations.Count == 0)
        {
            return Judgement.Refused(
                "NoEncapsulation",
                "spec.encapsulations",
                "none is left to carry packets between nodes; name VXLAN, MPLSinUDP or both"
            );
        }
        if (spec.VniRange.First > spec.VniRange.Last)
        {
            return Judgement.Refused(
                "InvalidVniRange",
                "spec.vniRange",
                $"{spec.VniRange.First} is after {spec.VniRange.Last}"
            );
        }
        if (spec.Mtu != 0 && spec.Mtu < SmallestMtu)
        {
            return Judgement.Refused(
                "InvalidMtu",
                "spec.mtu",
                $"{spec.Mtu} is less than the {SmallestMtu} octets that IPv6 needs; 0 takes the underlay's"
            );
        }
        if (!Durations.TryParse(spec.StaleTime, out _))
        {
            return Judgement.Refused(
                "InvalidStaleTime",
                "spec.staleTime",
                $"'{spec.StaleTime}' is no duration; write 5m or 90s"
            );
        }
        var judgement = JudgePrefixes(spec);
        return judgement.IsAccepted ? JudgeLater(spec) : judgement;
    }

    /// <summary>The spec with what cannot be honoured at its default: the same for whoever reads it, whenever.</summary>
    public static FabricConfigSpec InForce(FabricConfigSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec with
        {
            Encapsulations =
                spec.Encapsulations.Count == 0 ? Defaults.Encapsulations : [.. spec.Encapsulations.Distinct()],
            Mtu = spec.Mtu < SmallestMtu ? Defaults.Mtu : spec.Mtu,
        };
    }

    /// <summary>How long routes of a silent node are kept.</summary>
    public static TimeSpan StaleTime(FabricConfigSpec spec) =>
        Durations.TryParse(spec?.StaleTime, out var stale) || Durations.TryParse(Defaults.StaleTime, out stale)
            ? stale
            : throw new InvalidOperationException(Defaults.StaleTime);

    /// <summary>The system subnets that are prefixes.</summary>
    public static List<Prefix> SystemSubnets(FabricConfigSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return
        [
            .. spec
                .SystemSubnets.Select(text => Prefix.TryParse(text, out var prefix) ? prefix : default)
                .Where(prefix => prefix.Family != AddressFamily.None),
        ];
    }

    private static Judgement JudgePrefixes(FabricConfigSpec spec)
    {
        var system = SystemSubnets(spec);
        foreach (
            var (field, texts) in new[]
            {
                ("spec.podNetwork", spec.PodNetwork),
                ("spec.serviceNetwork", spec.ServiceNetwork),
                ("spec.systemSubnets", spec.SystemSubnets),
            }
        )
        {
            for (var i = 0; i < texts.Count; i++)
            {
                if (!Prefix.TryParse(texts[i], out var prefix))
                {
                    return Judgement.Refused("InvalidCidr", $"{field}[{i}]", $"'{texts[i]}' is no prefix");
                }
                if (texts != spec.SystemSubnets && system.Any(one => one.Overlaps(prefix)))
                {
                    return Judgement.Refused(
                        "OverlapsSystem",
                        $"{field}[{i}]",
                        $"{prefix} overlaps the system subnets"
                    );
                }
            }
        }
        return Judgement.Accepted;
    }

    private static Judgement JudgeLater(FabricConfigSpec spec) =>
        spec.RouterIdPool is not null ? Judgement.NotYet("spec.routerIdPool", "allocating node ids")
        : spec.ApiServerNodes is not null ? Judgement.NotYet("spec.apiServerNodes", "connections from the API server")
        : spec.ClusterDNS is { Count: > 0 } ? Judgement.NotYet("spec.clusterDNS", "DNS in every network")
        : spec.SystemServices is { Count: > 0 } ? Judgement.NotYet("spec.systemServices", "services in every network")
        : spec.SourceNat is not null ? Judgement.NotYet("spec.sourceNat", "source NAT to the outside")
        : Judgement.Accepted;
}
