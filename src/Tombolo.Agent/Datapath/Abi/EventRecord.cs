using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Record of ring buffer <c>events</c>; mirrors <c>struct tb_event</c>. 64 octets.</summary>
/// <param name="Nanoseconds">Since boot.</param>
/// <param name="Length">Octets of the frame.</param>
/// <param name="SPort">Network order.</param>
/// <param name="DPort">Network order.</param>
[Mirrors("tb_event")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct EventRecord(
    ulong Nanoseconds,
    EventKind Kind,
    Direction Direction,
    DropReason Reason,
    uint Vrf,
    uint IfIndex,
    uint Length,
    AddressOctets SAddr,
    AddressOctets DAddr,
    ushort SPort,
    ushort DPort,
    byte Proto,
    AddressFamily Family,
    ushort Pad
);
