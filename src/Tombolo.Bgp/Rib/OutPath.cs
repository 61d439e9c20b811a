namespace Tombolo.Bgp.Rib;

/// <summary>What a group of neighbours was last sent of one destination. 20 octets.</summary>
internal struct OutPath
{
    /// <summary>Next of the destination (add-path) or of the free list, from 1.</summary>
    public int Next;
    public int Attributes;
    public uint Payload;
    public uint PathId;
    public ushort Source;
    public bool Seen;
}
