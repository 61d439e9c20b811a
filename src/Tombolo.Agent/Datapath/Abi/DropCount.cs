using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Value of map <c>drops</c>, one per CPU; mirrors <c>struct tb_drop</c>. 16 octets.</summary>
[Mirrors("tb_drop")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DropCount(ulong Packets, ulong Bytes);
