namespace Tombolo.Values;

/// <summary>How packets travel between nodes.</summary>
public enum Encapsulation : byte
{
    None = 0,

    /// <summary>RFC 7348: 50 octets over IPv4 (14 inner Ethernet, 8 VXLAN, 8 UDP, 20 IPv4).</summary>
    Vxlan = 1,

    /// <summary>RFC 7510: 32 octets over IPv4 (4 label, 8 UDP, 20 IPv4).</summary>
    MplsInUdp = 2,
}
