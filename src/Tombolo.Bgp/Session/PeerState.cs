namespace Tombolo.Bgp.Session;

/// <summary>A neighbour's two possible connections, ours and its own (RFC 4271 §6.8, §8.2.1).</summary>
public sealed record PeerState(SessionState Outgoing, SessionState Incoming)
{
    public static readonly PeerState Start = new(SessionState.Start, SessionState.Start);

    /// <summary>Never opens a connection of its own.</summary>
    public bool Passive { get; init; }

    public SessionState this[Direction direction] => direction == Direction.Outgoing ? Outgoing : Incoming;

    /// <summary>The connection that got furthest.</summary>
    public SessionState Best => Incoming.Phase > Outgoing.Phase ? Incoming : Outgoing;

    public PeerState With(Direction direction, SessionState state) =>
        direction == Direction.Outgoing ? this with { Outgoing = state } : this with { Incoming = state };
}
