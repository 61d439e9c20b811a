using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric.Intent;

/// <summary>A Subnet as the model knows it: valid once built.</summary>
public sealed record SubnetIntent(
    Prefix Cidr,
    Address Gateway,
    Sequence<(string Key, Address Start, Address End)> Ranges,
    Sequence<Prefix> Reserved
)
{
    /// <summary>Reads a Subnet. Of what is refused, <paramref name="intent"/> is the last form that was accepted, or null.</summary>
    /// <param name="system">Prefixes that no tenant's subnet may overlap.</param>
    public static Judgement Judge(Subnet subnet, IReadOnlyList<Prefix> system, out SubnetIntent? intent)
    {
        ArgumentNullException.ThrowIfNull(subnet);
        var judgement = Read(subnet.Spec, subnet.Status?.Cidr, system, out intent);
        if (!judgement.IsAccepted && Prefix.TryParse(subnet.Status?.Cidr, out var former))
        {
            // The last good state stays: pods hold addresses of it.
            var gateway = Address.TryParse(subnet.Status?.Gateway, out var kept) ? kept : DefaultGateway(former);
            intent = new SubnetIntent(former, gateway, [], []);
        }
        return judgement;
    }

    /// <summary>May this address be given to a pod?</summary>
    public bool Gives(Address address) =>
        Cidr.Contains(address)
        && address != Gateway
        && !Reserved.Any(reserved => reserved.Contains(address))
        && !IsNetworkOrBroadcast(address);

    /// <summary>The addresses to draw from: those of the range, or all.</summary>
    public (Address Start, Address End)? RangeOf(string? key)
    {
        if (key is null)
        {
            return (Cidr.First, Cidr.Last);
        }
        foreach (var range in Ranges)
        {
            if (range.Key == key)
            {
                return (range.Start, range.End);
            }
        }
        return null;
    }

    /// <summary>Addresses that can be given out, saturating at 2^53 (what JSON's readers keep exact).</summary>
    public long Capacity
    {
        get
        {
            var edges =
                !Cidr.Address.IsIPv4 ? 1
                : Cidr.Length >= 31 ? 0
                : 2;
            var taken = (UInt128)edges + (IsNetworkOrBroadcast(Gateway) || !Cidr.Contains(Gateway) ? 0u : 1u);
            foreach (var reserved in Reserved)
            {
                taken += reserved.Count;
            }
            var room = Cidr.Count > taken ? Cidr.Count - taken : 0;
            return (long)UInt128.Min(room, 1L << 53);
        }
    }

    // IPv4: first and last are network and broadcast (RFC 919), but not of a /31 or /32 (RFC 3021). IPv6: the first is
    // the subnet-router anycast address (RFC 4291 §2.6.1).
    private bool IsNetworkOrBroadcast(Address address) =>
        address.IsIPv4
            ? Cidr.Length < 31 && (address == Cidr.First || address == Cidr.Last)
            : Cidr.Length < 127 && address == Cidr.First;

    private static Address DefaultGateway(Prefix cidr) => cidr.Count > 1 ? cidr.First.Add(1) : cidr.First;

    private static Judgement Read(
        SubnetSpec spec,
        string? inForce,
        IReadOnlyList<Prefix> system,
        out SubnetIntent? intent
    )
    {
        intent = null;
        if (!Prefix.TryParse(spec.Cidr, out var cidr, out var written))
        {
            return Judgement.Refused(
                "InvalidCidr",
                "spec.cidr",
                $"'{spec.Cidr}' is no prefix; write 10.10.0.0/24 or fd10::/64"
            );
        }
        if (written != cidr.Address)
        {
            return Judgement.Refused("InvalidCidr", "spec.cidr", $"'{spec.Cidr}' has host bits; write {cidr}");
        }
        if (cidr.Address.IsMulticast || cidr.Address.IsV4Mapped)
        {
            return Judgement.Refused("InvalidCidr", "spec.cidr", $"{cidr} is not for hosts");
        }
        if (Prefix.TryParse(inForce, out var former) && !cidr.Contains(former))
        {
            return Judgement.Refused(
                "CidrNarrowed",
                "spec.cidr",
                $"{cidr} does not contain {former}, which is in force; a subnet may only be widened"
            );
        }
        if (system.FirstOrDefault(prefix => prefix.Overlaps(cidr)) is { Length: > 0 } overlap)
        {
            return Judgement.Refused("OverlapsSystem", "spec.cidr", $"{cidr} overlaps the system subnet {overlap}");
        }
        var gateway = DefaultGateway(cidr);
        if (spec.Gateway is { } named && !(Address.TryParse(named, out gateway) && cidr.Contains(gateway)))
        {
            return Judgement.Refused("InvalidGateway", "spec.gateway", $"'{named}' is no address of {cidr}");
        }
        var judgement = ReadRanges(spec, cidr, out var ranges);
        if (!judgement.IsAccepted)
        {
            return judgement;
        }
        judgement = ReadReserved(spec, cidr, out var reserved);
        if (judgement.IsAccepted && spec.DnsServers is { Count: > 0 })
        {
            return Judgement.NotYet("spec.dnsServers", "DNS");
        }
        if (judgement.IsAccepted)
        {
            intent = new SubnetIntent(cidr, gateway, ranges.ToSequence(), reserved.ToSequence());
        }
        return judgement;
    }

    private static Judgement ReadRanges(SubnetSpec spec, Prefix cidr, out List<(string, Address, Address)> ranges)
    {
        ranges = [];
        for (var i = 0; i < (spec.Ranges?.Count ?? 0); i++)
        {
            var range = spec.Ranges![i];
            var field = $"spec.ranges[{i}]";
            if (!Address.TryParse(range.Start, out var start) || !cidr.Contains(start))
            {
                return Judgement.Refused("InvalidRange", $"{field}.start", $"'{range.Start}' is no address of {cidr}");
            }
            if (!Address.TryParse(range.End, out var end) || !cidr.Contains(end))
            {
                return Judgement.Refused("InvalidRange", $"{field}.end", $"'{range.End}' is no address of {cidr}");
            }
            if (end < start)
            {
                return Judgement.Refused("InvalidRange", field, $"{end} is before {start}");
            }
            if (spec.Ranges.Take(i).Any(earlier => earlier.Key == range.Key))
            {
                return Judgement.Refused("InvalidRange", $"{field}.key", $"'{range.Key}' is there twice");
            }
            ranges.Add((range.Key, start, end));
        }
        return Judgement.Accepted;
    }

    private static Judgement ReadReserved(SubnetSpec spec, Prefix cidr, out List<Prefix> reserved)
    {
        reserved = [];
        for (var i = 0; i < (spec.Reserved?.Count ?? 0); i++)
        {
            var text = spec.Reserved![i];
            if (Address.TryParse(text, out var address) && cidr.Contains(address))
            {
                reserved.Add(Prefix.Host(address));
            }
            else if (Prefix.TryParse(text, out var prefix) && cidr.Contains(prefix))
            {
                reserved.Add(prefix);
            }
            else
            {
                return Judgement.Refused(
                    "InvalidReserved",
                    $"spec.reserved[{i}]",
                    $"'{text}' is no address or prefix within {cidr}"
                );
            }
        }
        return Judgement.Accepted;
    }
}
