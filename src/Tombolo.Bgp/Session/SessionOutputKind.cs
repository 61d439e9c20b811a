namespace Tombolo.Bgp.Session;

/// <summary>What the world has to do after a step.</summary>
public enum SessionOutputKind
{
    /// <summary>Open a TCP connection to the neighbour; give up any attempt in progress.</summary>
    Connect,
    SendOpen,
    SendKeepalive,
    SendNotification,

    /// <summary>Close the connection, after what was sent before.</summary>
    Close,

    /// <summary>The session is up, as negotiated.</summary>
    Up,

    /// <summary>The session that was up is down; carries the NOTIFICATION sent or received, if any.</summary>
    Down,
}
