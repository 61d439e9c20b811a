namespace Tombolo.Bgp.Rib;

/// <summary>Why a route is sent to a neighbour or not.</summary>
public enum ExportVerdict
{
    Sent,

    /// <summary>There is no eligible path.</summary>
    NoPath,

    /// <summary>It is the neighbour's own.</summary>
    FromItself,

    /// <summary>Learned inside and neither side is a client (RFC 4271 §9.2, RFC 4456 §6).</summary>
    NotReflected,

    /// <summary>NO_ADVERTISE, or NO_EXPORT towards outside (RFC 1997).</summary>
    Community,

    /// <summary>Long-lived stale, and the neighbour does not know what that is (RFC 9494 §4.3).</summary>
    LongLivedStale,

    /// <summary>No route target that the neighbour asked for (RFC 4684).</summary>
    NoInterest,
    Policy,

    /// <summary>The neighbour's own AS is in the path, so that it would refuse it.</summary>
    NeighborInPath,

    /// <summary>The attributes do not fit in one message (RFC 8654 §4).</summary>
    TooLong,
}
