using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>
/// Value of map <c>interfaces</c>, by index of the host's side of a pod's veth; mirrors <c>struct tb_interface</c>.
/// 80 octets.
/// </summary>
[Mirrors("tb_interface")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct InterfaceEntry(
    uint Vrf,
    uint Label,
    InterfaceFlags Flags,
    uint Identity,
    uint PolicySet,
    uint Scope,
    MacOctets Mac,
    ushort Vlan,
    uint System4,
    uint Gateway4,
    AddressOctets System6,
    AddressOctets Gateway6,
    ushort Mtu,
    ushort Pad,
    uint Epoch
);
