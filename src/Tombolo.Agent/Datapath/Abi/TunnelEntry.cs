using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Value of map <c>tunnels</c>; mirrors <c>struct tb_tunnel</c>. 48 octets.</summary>
/// <param name="Mtu">Of the path, for the outer IP packet.</param>
[Mirrors("tb_tunnel")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct TunnelEntry(
    AddressOctets Remote,
    AddressOctets Local,
    AddressFamily Family,
    Encap Encap,
    ushort Mtu,
    uint IfIndex,
    uint PeerGroup,
    uint Flags
);
