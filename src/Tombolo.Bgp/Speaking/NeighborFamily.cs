using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Speaking;

/// <summary>One family towards one neighbour.</summary>
public sealed record NeighborFamily(Family Family)
{
    public AddPathMode AddPath { get; init; }

    /// <summary>Paths that the neighbour may have here before the session is ended; 0 for no limit.</summary>
    public int MaximumPrefixes { get; init; }

    public RoutePolicy Import { get; init; } = RoutePolicy.AcceptAll;

    public RoutePolicy Export { get; init; } = RoutePolicy.AcceptAll;

    public NextHopMode NextHop { get; init; }

    /// <summary>The address that is written where we are the next hop; none for our end of the session. IPv6 routes over
    /// an IPv4 session need one, or they get a v4-mapped next hop.</summary>
    public Address Self { get; init; }

    /// <summary>How long its stale routes may live on beyond the restart time (RFC 9494); zero for not.</summary>
    public TimeSpan LongLived { get; init; }
}
