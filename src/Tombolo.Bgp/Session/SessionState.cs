using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Session;

/// <summary>All that one connection's state machine knows; timers are the times at which they expire, null when
/// stopped. Times count from any fixed moment.</summary>
public sealed record SessionState
{
    public static readonly SessionState Start = new();

    public SessionPhase Phase { get; init; }

    /// <summary>Waits for the neighbour's connection rather than open one.</summary>
    public bool Passive { get; init; }

    /// <summary>Failures in a row (RFC 4271's ConnectRetryCounter).</summary>
    public int Failures { get; init; }

    public TimeSpan? ConnectRetryAt { get; init; }

    public TimeSpan? HoldAt { get; init; }

    public TimeSpan? KeepaliveAt { get; init; }

    public TimeSpan? IdleHoldAt { get; init; }

    /// <summary>The neighbour's OPEN, from OpenConfirm on.</summary>
    public OpenMessage? PeerOpen { get; init; }

    public Negotiated? Negotiated { get; init; }

    /// <summary>The timer that has run out first, as its event; null if none has.</summary>
    public SessionEventKind? Due(TimeSpan now) =>
        HoldAt <= now ? SessionEventKind.HoldTimerExpires
        : KeepaliveAt <= now ? SessionEventKind.KeepaliveTimerExpires
        : ConnectRetryAt <= now ? SessionEventKind.ConnectRetryTimerExpires
        : IdleHoldAt <= now ? SessionEventKind.IdleHoldTimerExpires
        : null;
}
