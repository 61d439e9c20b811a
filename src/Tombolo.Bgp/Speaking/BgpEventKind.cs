namespace Tombolo.Bgp.Speaking;

public enum BgpEventKind
{
    Listening,
    ListenFailed,
    ConnectFailed,

    /// <summary>A connection from an address that is no neighbour, or that is not waited for.</summary>
    ConnectionRefused,
    SessionUp,
    SessionDown,

    /// <summary>RFC 7606: an attribute was discarded, or routes were treated as withdrawn.</summary>
    UpdateFault,
    MaximumPrefixes,
    EndOfRib,

    /// <summary>The neighbour is away and its routes are kept; they are gone; or they got the long-lived period.</summary>
    StaleKept,
    StaleRemoved,
    LongLived,
    RefreshRequested,

    /// <summary>A slow neighbour got a feed of its own.</summary>
    Slow,
}
