using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Session;

/// <summary>An event with what came along: the OPEN received, the NOTIFICATION received or to be sent.</summary>
public readonly record struct SessionEvent(
    SessionEventKind Kind,
    OpenMessage? Open = null,
    NotificationMessage? Notification = null
);
