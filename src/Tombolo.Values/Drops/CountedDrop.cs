namespace Tombolo.Values.Drops;

/// <summary>Packets that a node dropped for one reason, in one network and direction, since its maps were made.</summary>
/// <param name="Network">namespace/name; <c>vrf N</c> for one that the node is no longer told of; empty: not known when they were dropped.</param>
/// <param name="Direction">Seen from the host: from_pod, to_pod, from_underlay, from_host.</param>
/// <param name="Reason">As <c>docs/drops.md</c> has it.</param>
public sealed record CountedDrop(string Network, string Direction, string Reason, ulong Packets, ulong Bytes);
