using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Value of map <c>spoof</c>; mirrors <c>struct tb_spoof</c>. 4 octets.</summary>
[Mirrors("tb_spoof")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SpoofEntry(SpoofKind Kind, Pad3 Pad = default);
