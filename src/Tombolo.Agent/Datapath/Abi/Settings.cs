using System.Runtime.InteropServices;

namespace Tombolo.Agent.Datapath;

/// <summary>Entry 0 of map <c>settings</c>; mirrors <c>struct tb_settings</c>. 64 octets.</summary>
/// <param name="EventSample">One dropped packet in so many becomes an event; 0 none.</param>
/// <param name="EventLimit">Drop events of one reason on one CPU in a second; 0 no limit.</param>
/// <param name="Local4">The node's own underlay address, zeros if it has none of the family.</param>
[Mirrors("tb_settings")]
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Settings(
    uint Epoch,
    uint EventSample,
    uint Local4,
    uint Node,
    AddressOctets Local6,
    uint Flags,
    uint EventLimit,
    Words6 Pad
);
