using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>One route's reachability: the destination, and what travels beside it in the NLRI field.</summary>
/// <param name="Key">The destination within its family.</param>
/// <param name="PathId">The sender's path identifier (RFC 7911); 0 without add-path.</param>
/// <param name="Label">VPN families: the three octets of the label field, bottom-of-stack bit and all.</param>
/// <param name="Overlay">EVPN prefix routes: ESI, gateway and label field; null elsewhere.</param>
public readonly record struct Nlri(NlriKey Key, uint PathId = 0, uint Label = 0, EvpnOverlay? Overlay = null)
{
    /// <summary>The label field of a withdrawn VPN route (RFC 8277 §2.4).</summary>
    public const uint WithdrawnLabel = 0x800000;

    public static Nlri Unicast(Prefix prefix) => new(PrefixKey.Unicast(prefix));

    public static Nlri Vpn(RouteDistinguisher distinguisher, Prefix prefix, Label label) =>
        new(PrefixKey.Vpn(distinguisher, prefix), Label: (label.Value << 4) | 1);

    /// <summary>An EVPN IP prefix route, type 5 (RFC 9136 §3.1).</summary>
    public static Nlri EvpnPrefix(RouteDistinguisher distinguisher, uint tag, Prefix prefix, EvpnOverlay overlay) =>
        new(EvpnNlri.KeyOf(distinguisher, tag, prefix), Overlay: overlay);

    /// <summary>Membership in a route target, or with a length below 96 bits in all that share its first bits.</summary>
    public static Nlri Membership(uint originAs, RouteTarget target, int bits = 96) =>
        new(RouteTargetNlri.KeyOf(originAs, target.Bits, bits));
}
