namespace Tombolo.Bgp.Wire;

/// <summary>RFC 4271 §4.1; ROUTE-REFRESH is RFC 2918.</summary>
public enum MessageType : byte
{
    Open = 1,
    Update = 2,
    Notification = 3,
    Keepalive = 4,
    RouteRefresh = 5,
}
