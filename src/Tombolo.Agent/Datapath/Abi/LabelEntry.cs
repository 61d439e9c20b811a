using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Value of map <c>labels</c>; mirrors <c>struct tb_label</c>. 24 octets.</summary>
[Mirrors("tb_label")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LabelEntry(
    LabelKind Kind,
    Pad3 Pad,
    uint IfIndex,
    uint Vrf,
    MacOctets Mac,
    ushort Pad2,
    LabelFlags Flags
);
