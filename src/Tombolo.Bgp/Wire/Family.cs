namespace Tombolo.Bgp.Wire;

/// <summary>An address family and subsequent address family (RFC 4760 §3).</summary>
public readonly record struct Family(ushort Afi, byte Safi)
{
    public static readonly Family IPv4Unicast = new(1, 1);
    public static readonly Family IPv6Unicast = new(2, 1);

    /// <summary>RFC 4364.</summary>
    public static readonly Family VpnIPv4 = new(1, 128);

    /// <summary>RFC 4659.</summary>
    public static readonly Family VpnIPv6 = new(2, 128);

    /// <summary>RFC 7432.</summary>
    public static readonly Family Evpn = new(25, 70);

    /// <summary>RFC 4684.</summary>
    public static readonly Family RouteTargets = new(1, 132);

    public override string ToString() => Families.Find(this)?.Name ?? $"afi {Afi} safi {Safi}";
}
