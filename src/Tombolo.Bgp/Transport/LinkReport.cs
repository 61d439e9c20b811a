using System.Net.Sockets;

namespace Tombolo.Bgp.Transport;

/// <summary>What a link tells its owner's loop.</summary>
/// <param name="Buffer">Received: whole messages; to be given back with <see cref="TcpLink.Done"/>.</param>
internal readonly record struct LinkReport(
    TcpLink Link,
    LinkReportKind Kind,
    byte[]? Buffer,
    int Length,
    SocketError Error
);
