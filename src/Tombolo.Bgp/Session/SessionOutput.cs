using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Session;

/// <param name="Received">Of <see cref="SessionOutputKind.Down"/>: the NOTIFICATION came from the neighbour.</param>
public readonly record struct SessionOutput(
    SessionOutputKind Kind,
    OpenMessage? Open = null,
    NotificationMessage? Notification = null,
    Negotiated? Negotiated = null,
    bool Received = false
);
