using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Key of map <c>drops</c>; mirrors <c>struct tb_drop_key</c>. 8 octets.</summary>
/// <param name="Vrf">0: not known when the packet was dropped.</param>
[Mirrors("tb_drop_key")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DropKey(DropReason Reason, Direction Direction, byte Pad, uint Vrf);
