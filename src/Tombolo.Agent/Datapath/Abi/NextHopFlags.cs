namespace Tombolo.Agent.Datapath;

/// <summary>Mirrors <c>enum tb_nexthop_flag</c>.</summary>
[Flags]
[Mirrors("tb_nexthop_flag", "TB_NEXTHOP_")]
public enum NextHopFlags : ushort
{
    None = 0,

    /// <summary>Bound, not up yet: refuses what opens a connection.</summary>
    NotUp = 1,

    /// <summary>Of the VRF's own network, not imported: TTL untouched.</summary>
    Own = 2,

    /// <summary>Of a network whose own interfaces do not reach one another.</summary>
    DenyIntra = 4,

    /// <summary>What the interface itself sends goes by another next hop, the one in <c>VrfOrGroup</c>; 0: nowhere.</summary>
    NotForItself = 8,
}
