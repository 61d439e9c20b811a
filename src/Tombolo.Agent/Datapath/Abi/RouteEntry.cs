using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Value of maps <c>hosts</c> and <c>prefixes</c>; mirrors <c>struct tb_route</c>. 8 octets.</summary>
[Mirrors("tb_route")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RouteEntry(uint NextHop, uint Identity);
