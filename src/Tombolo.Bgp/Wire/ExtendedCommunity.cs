using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>An extended community (RFC 4360), all eight octets: type, subtype, six octets of value.</summary>
public readonly record struct ExtendedCommunity(ulong Bits)
{
    /// <summary>Tunnel types of the encapsulation community (RFC 9012 §4.1).</summary>
    public const ushort VxlanTunnel = 8;
    public const ushort MplsInUdpTunnel = 13;

    public static ExtendedCommunity Of(RouteTarget target) => new(target.Bits);

    public static ExtendedCommunity Encapsulation(ushort tunnel) => new((0x030cul << 48) | tunnel);

    /// <summary>EVPN router's MAC (RFC 9135 §8.1).</summary>
    public static ExtendedCommunity RouterMac(Mac mac) => new((0x0603ul << 48) | mac.Bits);

    /// <summary>Route targets are subtype 2 of the two-octet AS, IPv4 and four-octet AS types, transitive.</summary>
    public bool IsRouteTarget => Bits >> 48 is 0x0002 or 0x0102 or 0x0202;

    /// <summary>Bit 6 of the type: not passed on over AS borders (RFC 4360 §2).</summary>
    public bool IsTransitive => (Bits >> 62 & 1) == 0;

    public RouteTarget ToRouteTarget() => new(Bits);

    /// <summary>Reads <c>rt:…</c>, <c>so:…</c>, <c>encap:number</c>, <c>mac:…</c> or <c>0x</c> and sixteen digits.</summary>
    public static bool TryParse(string text, out ExtendedCommunity community)
    {
        community = default;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var rest = text[(colon + 1)..];
        switch (colon < 0 ? "" : text[..colon])
        {
            case "rt" when RouteTarget.TryParse(rest, out var target):
                community = new(target.Bits);
                return true;
            case "so" when RouteTarget.TryParse(rest, out var site):
                community = new(site.Bits + (1ul << 48));
                return true;
            case "encap" when ushort.TryParse(rest, out var tunnel):
                community = Encapsulation(tunnel);
                return true;
            case "mac" when Mac.TryParse(rest, out var mac):
                community = RouterMac(mac);
                return true;
            case "" when text.StartsWith("0x", StringComparison.Ordinal):
                if (
                    ulong.TryParse(
                        text.AsSpan(2),
                        System.Globalization.NumberStyles.AllowHexSpecifier,
                        null,
                        out var bits
                    )
                )
                {
                    community = new(bits);
                    return true;
                }
                return false;
            default:
                return false;
        }
    }

    public override string ToString() =>
        (Bits >> 48) switch
        {
            0x0002 or 0x0102 or 0x0202 => $"rt:{new RouteTarget(Bits)}",
            0x0003 or 0x0103 or 0x0203 => $"so:{new RouteTarget(Bits - (1ul << 48))}",
            0x030c => $"encap:{(ushort)Bits}",
            0x0603 => $"mac:{new Mac(Bits & 0xffff_ffff_ffff)}",
            _ => $"0x{Bits:x16}",
        };
}
