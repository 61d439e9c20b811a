using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>What an EVPN prefix route carries besides its destination (RFC 9136 §3.1).</summary>
/// <param name="Esi">Ethernet segment identifier, ten octets in the low 80 bits.</param>
/// <param name="Gateway">Overlay index; all zero where the route is interface-less.</param>
/// <param name="Label">The three octets of the label field: a VNI, or an MPLS label shifted left by four.</param>
public sealed record EvpnOverlay(UInt128 Esi, Address Gateway, uint Label);
