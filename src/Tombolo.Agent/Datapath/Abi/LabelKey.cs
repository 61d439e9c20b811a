using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Key of map <c>labels</c>; mirrors <c>struct tb_label_key</c>. 8 octets.</summary>
/// <param name="Value">MPLS label or VNI.</param>
[Mirrors("tb_label_key")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LabelKey(LabelSpace Space, uint Value);
