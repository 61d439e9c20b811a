namespace Tombolo.Agent;

/// <summary>How an agent runs; printed at start.</summary>
/// <param name="Node">The node's name in its cluster.</param>
/// <param name="Cluster">1 to 64.</param>
/// <param name="NodeUid">UID of the Node object, where known.</param>
/// <param name="Servers">Route servers, <c>host:port</c>.</param>
/// <param name="Underlay">The device that tunnels leave by.</param>
/// <param name="Pins">Directory on a bpffs for this node's maps and links.</param>
/// <param name="State">Directory for the label cursor and the attached interfaces.</param>
/// <param name="Socket">Where the CNI plugin asks.</param>
/// <param name="Object">The compiled BPF programs.</param>
/// <param name="HostRoutes">Size of the maps of host routes and flows.</param>
/// <param name="OtherEntries">Size of every other map.</param>
/// <param name="Metrics">Where it is measured, <c>address:port</c>; empty: nowhere.</param>
internal sealed record AgentOptions(
    string Node,
    int Cluster,
    string NodeUid,
    IReadOnlyList<string> Servers,
    string Underlay,
    string Pins,
    string State,
    string Socket,
    string Object,
    int HostRoutes,
    int OtherEntries,
    string Metrics = ""
);
