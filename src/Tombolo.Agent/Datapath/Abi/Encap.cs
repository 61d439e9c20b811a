namespace Tombolo.Agent.Datapath;

/// <summary>How a packet is carried over the underlay; mirrors <c>enum tb_encap</c>.</summary>
[Mirrors("tb_encap", "TB_ENCAP_")]
public enum Encap : byte
{
    None = 0,

    /// <summary>RFC 7348, UDP port 4789.</summary>
    Vxlan = 1,

    /// <summary>RFC 7510, UDP port 6635.</summary>
    MplsUdp = 2,
}
