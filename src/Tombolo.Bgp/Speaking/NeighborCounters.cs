namespace Tombolo.Bgp.Speaking;

/// <summary>Since the speaker started.</summary>
public sealed class NeighborCounters
{
    public long MessagesReceived { get; internal set; }

    public long UpdatesReceived { get; internal set; }

    public long OctetsReceived { get; internal set; }

    public long OctetsSent { get; internal set; }

    public long RoutesTreatedAsWithdrawn { get; internal set; }

    public long AttributesDiscarded { get; internal set; }

    public int SessionsUp { get; internal set; }
}
