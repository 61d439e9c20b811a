using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>How a node's datapath is loaded.</summary>
public sealed record DatapathOptions
{
    /// <summary>The compiled programs, <c>tombolo.bpf.o</c>.</summary>
    public required string ObjectPath { get; init; }

    /// <summary>
    /// Directory in a mounted BPF file system, this node's own: <c>&lt;bpffs&gt;/tombolo/&lt;instance&gt;/&lt;node&gt;</c>. Maps and
    /// links are pinned below it, under the layout's version.
    /// </summary>
    public required string PinDirectory { get; init; }

    /// <summary>The node's own underlay address; VXLAN to anything else is left to the host.</summary>
    public Address? Underlay4 { get; init; }

    public Address? Underlay6 { get; init; }

    /// <summary>The node's number in its cluster.</summary>
    public uint NodeId { get; init; }

    /// <summary>Entries of <c>hosts</c>; about 100 octets each. A map that is pinned keeps its size.</summary>
    public uint Hosts { get; init; } = 65_536;

    /// <summary>Entries of every other map.</summary>
    public uint Entries { get; init; } = 4_096;

    /// <summary>One dropped packet in so many becomes an event; 0 none.</summary>
    public uint EventSample { get; init; } = 1;

    /// <summary>Drop events of one reason on one CPU in a second, so that a flood of one hides no other; 0 no limit.</summary>
    public uint EventLimit { get; init; } = 20;

    /// <summary>For <c>trace</c>: a second set of programs on the same maps that counts and writes nothing.</summary>
    public bool Tracing { get; init; }
}
