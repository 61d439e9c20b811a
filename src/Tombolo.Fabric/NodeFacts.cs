using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>What is known of a node from its Node object and its agent's Hello.</summary>
/// <param name="Underlay">Tunnel endpoint addresses; empty: nothing can be sent there yet.</param>
/// <param name="Encapsulations">That it can receive, best first.</param>
/// <param name="UnderlayMtu">Octets.</param>
/// <param name="Alive">False: NotReady without a stream, deleted, or silent beyond <c>staleTime</c>; its routes are withdrawn.</param>
public sealed record NodeFacts(
    Sequence<Address> Underlay,
    Sequence<Encapsulation> Encapsulations,
    int UnderlayMtu,
    bool Alive
);

/// <summary>What an agent says of an interface on its node.</summary>
public readonly record struct InterfaceReported(Label Label, bool Up);

/// <summary>What of a pod matters to the model.</summary>
/// <param name="Node">Where it is bound, or null.</param>
/// <param name="Ended">Succeeded or Failed: its addresses and routes are withdrawn.</param>
public readonly record struct PodFacts(string Uid, string? Node, bool Ended);

/// <summary>What one node is to be told, beyond what it was told before.</summary>
public sealed record NodeDelta(IReadOnlyList<Entry> Put, IReadOnlyList<EntryKey> Remove);
