namespace Tombolo.Agent.Datapath;

/// <summary>Mirrors <c>enum tb_label_flag</c>.</summary>
[Flags]
[Mirrors("tb_label_flag", "TB_LABEL_")]
public enum LabelFlags : uint
{
    None = 0,

    /// <summary>Of a network whose own interfaces do not reach one another.</summary>
    DenyIntra = 1,
}
