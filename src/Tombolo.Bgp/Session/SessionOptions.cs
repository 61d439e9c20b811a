using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Session;

/// <summary>One side of a session as configured.</summary>
public sealed record SessionOptions
{
    public required uint LocalAs { get; init; }

    /// <summary>The neighbour's AS; 0 takes any.</summary>
    public required uint PeerAs { get; init; }

    public required uint RouterId { get; init; }

    /// <summary>Offered hold time; 0 for none, else at least 3 s.</summary>
    public ushort HoldSeconds { get; init; } = 90;

    /// <summary>RFC 4271 suggests 120 s, from a time when a connection attempt was dear.</summary>
    public TimeSpan ConnectRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rest after a failure; doubles with each up to <see cref="IdleHoldLimit"/> (DampPeerOscillations).</summary>
    public TimeSpan IdleHold { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan IdleHoldLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What we offer, but for the AS and the restart bit, which are filled in.</summary>
    public Capabilities Capabilities { get; init; } = new() { Families = [Family.IPv4Unicast], RouteRefresh = true };

    public OpenMessage Open =>
        new(
            LocalAs,
            HoldSeconds,
            RouterId,
            Capabilities with
            {
                FourOctetAs = Capabilities.FourOctetAs is null ? null : LocalAs,
            }
        );
}
