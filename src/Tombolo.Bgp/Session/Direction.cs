namespace Tombolo.Bgp.Session;

/// <summary>Who opened a connection.</summary>
public enum Direction
{
    Outgoing,
    Incoming,
}
