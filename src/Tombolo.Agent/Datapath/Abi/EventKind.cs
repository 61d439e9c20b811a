namespace Tombolo.Agent.Datapath;

/// <summary>Mirrors <c>enum tb_event_kind</c>.</summary>
[Mirrors("tb_event_kind", "TB_EVENT_")]
public enum EventKind : byte
{
    None = 0,
    Drop = 1,
    FlowStart = 2,
    FlowEnd = 3,
}
