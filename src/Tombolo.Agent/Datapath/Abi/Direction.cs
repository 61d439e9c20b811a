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

internal static class Directions
{
    /// <summary>As users grep it, e.g. <c>from_pod</c>; empty if not known.</summary>
    public static string Name(this Direction direction) =>
        direction switch
        {
            Direction.FromPod => "from_pod",
            Direction.ToPod => "to_pod",
            Direction.FromUnderlay => "from_underlay",
            Direction.FromHost => "from_host",
            _ => "",
        };
}
