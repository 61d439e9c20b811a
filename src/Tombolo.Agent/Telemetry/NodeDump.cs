using Tombolo.Agent.Datapath;

namespace Tombolo.Agent.Telemetry;

/// <summary>A node's answer to <c>tombolo node dump</c>: what it was told, what is attached, what its kernel holds.</summary>
internal sealed record NodeDump(
    string Node,
    IReadOnlyList<DumpedVrf> Vrfs,
    IReadOnlyList<DumpedPod> Pods,
    DatapathDump Kernel,
    IReadOnlyList<DumpedDrop> Drops
);

internal sealed record DumpedVrf(string Name, uint Index, uint Vni, IReadOnlyList<string> Subnets);

/// <param name="State">bound or up.</param>
/// <param name="Link">The host's side; null while nothing is attached.</param>
internal sealed record DumpedPod(
    string Pod,
    string Interface,
    string Vrf,
    IReadOnlyList<string> Addresses,
    uint Label,
    string State,
    string? Link
);
