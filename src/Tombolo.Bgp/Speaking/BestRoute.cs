using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Speaking;

/// <summary>The chosen route to a destination, or that there is none any more.</summary>
/// <param name="Attributes">Null when the destination is gone.</param>
/// <param name="Neighbor">Whom it comes from; "local" for our own.</param>
public sealed record BestRoute(Family Family, Nlri Nlri, AttributeSet? Attributes, string Neighbor);
