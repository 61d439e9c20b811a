namespace Tombolo.Bgp.Session;

/// <summary>Events of RFC 4271 §8.1, by its numbers; those of options that are not built (DelayOpen, accepting unknown
/// peers) have no name here.</summary>
public enum SessionEventKind
{
    ManualStart = 1,
    ManualStop = 2,
    AutomaticStart = 3,
    ManualStartPassive = 4,
    AutomaticStartPassive = 5,

    /// <summary>The system ends the session for a reason of its own, as too many prefixes; carries the NOTIFICATION.</summary>
    AutomaticStop = 8,
    ConnectRetryTimerExpires = 9,
    HoldTimerExpires = 10,
    KeepaliveTimerExpires = 11,
    IdleHoldTimerExpires = 13,

    /// <summary>Our connection is up (Tcp_CR_Acked).</summary>
    TcpAcked = 16,

    /// <summary>The neighbour's connection is up (TcpConnectionConfirmed).</summary>
    TcpConfirmed = 17,
    TcpFails = 18,
    Open = 19,
    HeaderError = 21,
    OpenError = 22,
    CollisionDump = 23,
    NotificationVersionError = 24,
    Notification = 25,
    Keepalive = 26,
    Update = 27,
    UpdateError = 28,
}
