using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Value of map <c>nexthops</c>; mirrors <c>struct tb_nexthop</c>. 32 octets.</summary>
/// <param name="Label">Or VNI.</param>
/// <param name="Generation">Changes with the content: a flow that cached an older one asks the routes again.</param>
[Mirrors("tb_nexthop")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct NextHopEntry(
    NextHopKind Kind,
    Encap Encap,
    NextHopFlags Flags,
    uint IfIndex,
    uint Tunnel,
    uint VrfOrGroup,
    uint Label,
    uint Generation,
    MacOctets Mac,
    DropReason Reason
);
