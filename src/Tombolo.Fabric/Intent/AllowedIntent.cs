using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>What a pod may source beyond its addresses: annotation <c>allowed-addresses</c>, within what its network allows.</summary>
public static class AllowedIntent
{
    private const int Most = 64;

    /// <summary>Reads a pod's annotation: prefixes and addresses, separated by commas.</summary>
    public static Judgement Of(
        V1Pod pod,
        VirtualNetwork network,
        IEnumerable<SubnetIntent> subnets,
        out List<Prefix> allowed
    )
    {
        ArgumentNullException.ThrowIfNull(pod);
        ArgumentNullException.ThrowIfNull(network);
        allowed = [];
        if (pod.Metadata.Annotations?.TryGetValue(Names.AllowedAddresses, out var text) != true)
        {
            return Judgement.Accepted;
        }
        var field = $"annotation {Names.AllowedAddresses}";
        var within = subnets.Select(subnet => subnet.Cidr).Concat(Prefixes(network.Spec.AllowedPrefixes)).ToList();
        foreach (var part in text!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryRead(part, out var prefix))
            {
                return Judgement.Refused("InvalidAnnotation", field, $"'{part}' is no prefix and no address");
            }
            if (!within.Any(one => one.Contains(prefix)))
            {
                return Judgement.Refused(
                    "AddressNotAllowed",
                    field,
                    $"{prefix} is in no subnet of VirtualNetwork {network.ObjectName()} and in none of its spec.allowedPrefixes"
                );
            }
            if (!allowed.Contains(prefix))
            {
                allowed.Add(prefix);
            }
        }
        return allowed.Count <= Most
            ? Judgement.Accepted
            : Judgement.Refused("InvalidAnnotation", field, $"{allowed.Count} prefixes; {Most} at most");
    }

    /// <summary>Those of the texts that are prefixes.</summary>
    public static List<Prefix> Read(IEnumerable<string>? texts) => [.. Prefixes(texts).Distinct().Order()];

    /// <summary>A VirtualNetwork's <c>spec.allowedPrefixes</c>: prefixes that no system subnet overlaps.</summary>
    public static Judgement Judge(VirtualNetwork network, IReadOnlyList<Prefix> system)
    {
        ArgumentNullException.ThrowIfNull(network);
        for (var i = 0; i < (network.Spec.AllowedPrefixes?.Count ?? 0); i++)
        {
            var (text, field) = (network.Spec.AllowedPrefixes![i], $"spec.allowedPrefixes[{i}]");
            if (!Prefix.TryParse(text, out var prefix))
            {
                return Judgement.Refused("InvalidPrefix", field, $"'{text}' is no prefix; host bits are zero");
            }
            if (system.FirstOrDefault(one => one.Overlaps(prefix)) is { Length: > 0 } overlap)
            {
                return Judgement.Refused("OverlapsSystem", field, $"{prefix} overlaps the system subnet {overlap}");
            }
        }
        return Judgement.Accepted;
    }

    private static IEnumerable<Prefix> Prefixes(IEnumerable<string>? texts) =>
        (texts ?? [])
            .Select(text => TryRead(text, out var prefix) ? prefix : default)
            .Where(prefix => prefix.Family != AddressFamily.None);

    private static bool TryRead(string text, out Prefix prefix)
    {
        if (Prefix.TryParse(text, out prefix))
        {
            return true;
        }
        var isAddress = Address.TryParse(text, out var address);
        prefix = isAddress ? Prefix.Host(address) : default;
        return isAddress;
    }
}
