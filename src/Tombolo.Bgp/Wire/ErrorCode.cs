namespace Tombolo.Bgp.Wire;

/// <summary>NOTIFICATION error codes (RFC 4271 §4.5; 7 is RFC 7313).</summary>
public enum ErrorCode : byte
{
    None = 0,
    MessageHeader = 1,
    Open = 2,
    Update = 3,
    HoldTimerExpired = 4,
    FiniteStateMachine = 5,
    Cease = 6,
    RouteRefresh = 7,
}
