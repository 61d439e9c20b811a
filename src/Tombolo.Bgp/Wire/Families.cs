namespace Tombolo.Bgp.Wire;

/// <summary>The table of families; to learn a new one is to add a row.</summary>
public static class Families
{
    public static readonly IReadOnlyList<FamilyDescriptor> All =
    [
        new(
            Family.IPv4Unicast,
            "ipv4-unicast",
            1,
            false,
            false,
            5,
            UnicastNlri.ReadV4,
            UnicastNlri.WriteV4,
            UnicastNlri.FormatV4,
            UnicastNlri.ParseV4,
            key => PrefixKey.ReadV4(key.A)
        ),
        new(
            Family.IPv6Unicast,
            "ipv6-unicast",
            3,
            false,
            false,
            17,
            UnicastNlri.ReadV6,
            UnicastNlri.WriteV6,
            UnicastNlri.FormatV6,
            UnicastNlri.ParseV6,
            key => PrefixKey.ReadV6(key.A, key.B, key.C)
        ),
        new(
            Family.VpnIPv4,
            "vpnv4",
            2,
            true,
            true,
            16,
            VpnNlri.ReadV4,
            VpnNlri.WriteV4,
            VpnNlri.FormatV4,
            VpnNlri.ParseV4,
            key => PrefixKey.ReadV4(key.B)
        ),
        new(
            Family.VpnIPv6,
            "vpnv6",
            4,
            true,
            true,
            28,
            VpnNlri.ReadV6,
            VpnNlri.WriteV6,
            VpnNlri.FormatV6,
            VpnNlri.ParseV6,
            key => PrefixKey.ReadV6(key.B, key.C, key.D)
        ),
        new(
            Family.Evpn,
            "evpn",
            5,
            false,
            true,
            60,
            EvpnNlri.Read,
            EvpnNlri.Write,
            EvpnNlri.Format,
            EvpnNlri.Parse,
            key => EvpnNlri.PrefixOf(key)
        ),
        new(
            Family.RouteTargets,
            "rtc",
            2,
            false,
            false,
            13,
            RouteTargetNlri.Read,
            RouteTargetNlri.Write,
            RouteTargetNlri.Format,
            RouteTargetNlri.Parse,
            _ => null
        ),
    ];

    public static FamilyDescriptor? Find(Family family)
    {
        foreach (var row in All)
        {
            if (row.Family == family)
            {
                return row;
            }
        }
        return null;
    }

    public static FamilyDescriptor? Find(string name) => All.FirstOrDefault(row => row.Name == name);

    /// <summary>The row of a family that is known to be there.</summary>
    public static FamilyDescriptor Of(Family family) =>
        Find(family) ?? throw new ArgumentException($"no table row for {family.Afi}/{family.Safi}", nameof(family));
}
