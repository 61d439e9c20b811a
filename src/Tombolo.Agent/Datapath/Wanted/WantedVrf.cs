using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>A VRF; each of its subnets becomes a connected route, unless a wanted route has the same prefix.</summary>
/// <param name="Index">The controller's 16-bit number.</param>
public sealed record WantedVrf(ushort Index, IReadOnlyList<Prefix> Subnets);
