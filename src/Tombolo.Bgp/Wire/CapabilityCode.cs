namespace Tombolo.Bgp.Wire;

/// <summary>IANA capability codes that mean something here.</summary>
public enum CapabilityCode : byte
{
    MultiProtocol = 1,
    RouteRefresh = 2,
    ExtendedMessage = 6,

    /// <summary>RFC 9234; kept a place, not offered yet.</summary>
    Role = 9,
    GracefulRestart = 64,
    FourOctetAs = 65,
    AddPath = 69,
    EnhancedRouteRefresh = 70,
    LongLivedGracefulRestart = 71,
}
