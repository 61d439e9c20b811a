using System.Collections.Immutable;
using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Session;

/// <summary>What two OPENs agree on.</summary>
public sealed record Negotiated
{
    public required uint LocalAs { get; init; }

    public required uint PeerAs { get; init; }

    public required uint PeerRouterId { get; init; }

    public bool IsInternal => LocalAs == PeerAs;

    /// <summary>Zero for no hold and keepalive timers.</summary>
    public TimeSpan Hold { get; init; }

    public ImmutableArray<Family> Families { get; init; } = [];

    public bool FourOctetAs { get; init; }

    public bool ExtendedMessage { get; init; }

    public bool RouteRefresh { get; init; }

    public bool EnhancedRouteRefresh { get; init; }

    /// <summary>Families in which path identifiers go out, and in which they come in.</summary>
    public ImmutableHashSet<Family> AddPathSend { get; init; } = [];

    public ImmutableHashSet<Family> AddPathReceive { get; init; } = [];

    /// <summary>The neighbour's own words, if both sides have the capability.</summary>
    public GracefulRestart? PeerRestart { get; init; }

    /// <summary>Families whose stale routes may live on beyond the restart time, and how long (RFC 9494).</summary>
    public ImmutableArray<GracefulRestartFamily> LongLived { get; init; } = [];

    public SessionTraits Traits => new(IsInternal, FourOctetAs);

    public static Negotiated Of(OpenMessage ours, OpenMessage theirs)
    {
        var (mine, yours) = (ours.Capabilities, theirs.Capabilities);
        // A speaker that names no family means IPv4 unicast (RFC 4760 §8).
        var offered = mine.Families.IsEmpty ? [Family.IPv4Unicast] : mine.Families;
        var families = (yours.Families.IsEmpty ? [Family.IPv4Unicast] : yours.Families)
            .Where(family => offered.Contains(family) && Wire.Families.Find(family) is not null)
            .ToImmutableArray();
        var longLived =
            mine.LongLived.IsDefault || yours.LongLived.IsDefault || mine.GracefulRestart is null
                ? []
                : yours.LongLived.Where(row => families.Contains(row.Family)).ToImmutableArray();
        return new Negotiated
        {
            LocalAs = ours.As,
            PeerAs = theirs.As,
            PeerRouterId = theirs.RouterId,
            Hold = TimeSpan.FromSeconds(Math.Min(ours.HoldSeconds, theirs.HoldSeconds)),
            Families = families,
            FourOctetAs = mine.FourOctetAs is not null && yours.FourOctetAs is not null,
            ExtendedMessage = mine.ExtendedMessage && yours.ExtendedMessage,
            RouteRefresh = mine.RouteRefresh && yours.RouteRefresh,
            EnhancedRouteRefresh = mine.EnhancedRouteRefresh && yours.EnhancedRouteRefresh,
            AddPathSend = Agree(families, mine, AddPathMode.Send, yours, AddPathMode.Receive),
            AddPathReceive = Agree(families, mine, AddPathMode.Receive, yours, AddPathMode.Send),
            PeerRestart = mine.GracefulRestart is null ? null : yours.GracefulRestart,
            LongLived = longLived,
        };
    }

    private static ImmutableHashSet<Family> Agree(
        ImmutableArray<Family> families,
        Capabilities mine,
        AddPathMode my,
        Capabilities yours,
        AddPathMode your
    ) =>
        families
            .Where(family =>
                (mine.AddPath.GetValueOrDefault(family) & my) != 0
                && (yours.AddPath.GetValueOrDefault(family) & your) != 0
            )
            .ToImmutableHashSet();
}
