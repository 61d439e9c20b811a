using Google.Protobuf;

namespace Tombolo.RouteServer;

/// <summary>Who this route server is: its name, and which of its processes.</summary>
internal sealed record ServerIdentity(string Name)
{
    public ByteString Incarnation { get; } = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
}
