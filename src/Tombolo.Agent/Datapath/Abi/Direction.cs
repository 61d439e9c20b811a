namespace Tombolo.Agent.Datapath;

/// <summary>Where a packet was met, seen from the host; mirrors <c>enum tb_direction</c>.</summary>
[Mirrors("tb_direction", "TB_")]
public enum Direction : byte
{
    None = 0,
    FromPod = 1,
    ToPod = 2,
    FromUnderlay = 3,
    FromHost = 4,
}
