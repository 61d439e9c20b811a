namespace Tombolo.Agent.Datapath;

/// <summary>Where a route leads; mirrors <c>enum tb_nexthop_kind</c>.</summary>
[Mirrors("tb_nexthop_kind", "TB_NEXTHOP_")]
public enum NextHopKind : byte
{
    None = 0,
    Interface = 1,
    Tunnel = 2,
    Connected = 3,
    Service = 4,
    Host = 5,
    Outside = 6,
    Group = 7,
    Drop = 8,
}
