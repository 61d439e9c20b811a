using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Value of map <c>tunnel_endpoints</c>; mirrors <c>struct tb_endpoint</c>. 8 octets.</summary>
[Mirrors("tb_endpoint")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct EndpointEntry(uint Tunnel, uint PeerGroup);
