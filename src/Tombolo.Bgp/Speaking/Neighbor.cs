using System.Collections.Immutable;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Session;
using Tombolo.Bgp.Transport;
using Tombolo.Bgp.Wire;

namespace Tombolo.Bgp.Speaking;

/// <summary>A neighbour while the speaker runs; owned by the speaker's loop.</summary>
internal sealed class Neighbor(NeighborOptions options, SessionOptions session, RouteSource source)
{
    public NeighborOptions Options { get; set; } = options;

    public SessionOptions Session { get; set; } = session;

    public RouteSource Source => source;

    public PeerState State { get; set; } = PeerState.Start;

    public TcpLink? Outgoing { get; set; }

    public TcpLink? Incoming { get; set; }

    /// <summary>Ends the attempt to connect that is under way.</summary>
    public CancellationTokenSource? Connecting { get; set; }

    /// <summary>The connection of the session that is up.</summary>
    public TcpLink? Link { get; set; }

    public Negotiated? Negotiated { get; set; }

    public Dictionary<Family, NeighborRib> Ribs { get; } = [];

    /// <summary>Route targets that it asked for, where RT constraint is spoken; null where it gets everything.</summary>
    public ImmutableSortedSet<NlriKey>? Memberships { get; set; }

    public bool MembershipsChanged { get; set; }

    /// <summary>VPN routes wait for its memberships until then (RFC 4684 §6).</summary>
    public TimeSpan? MembershipsUntil { get; set; }

    public TimeSpan? UpSince { get; set; }

    public string LastError { get; set; } = "";

    public NeighborCounters Counters { get; } = new();

    public TcpLink? this[Direction direction]
    {
        get => direction == Direction.Outgoing ? Outgoing : Incoming;
        set
        {
            if (direction == Direction.Outgoing)
            {
                Outgoing = value;
            }
            else
            {
                Incoming = value;
            }
        }
    }
}
