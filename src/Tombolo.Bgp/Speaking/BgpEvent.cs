namespace Tombolo.Bgp.Speaking;

/// <summary>Something that an operator may want to hear of.</summary>
/// <param name="Neighbor">Its name; empty for the speaker itself.</param>
/// <param name="Detail">In words, for logs.</param>
public sealed record BgpEvent(BgpEventKind Kind, string Neighbor, string Detail);
