namespace Tombolo.Bgp.Rib;

/// <summary>One neighbour's route to one destination. 24 octets, of which a full table has a million.</summary>
internal struct RoutePath
{
    /// <summary>Next path of the destination, or of the free list; counted from 1, 0 is the end.</summary>
    public int Next;

    /// <summary>Attributes after import policy, those that count.</summary>
    public int Attributes;

    /// <summary>Attributes as they came.</summary>
    public int Received;

    public uint PathId;

    /// <summary>VPN: the label field; EVPN: the overlay's number.</summary>
    public uint Payload;
    public ushort Source;
    public PathFlags Flags;
}
