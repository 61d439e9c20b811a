namespace Tombolo.Agent.Datapath;

/// <summary>What a label stands for; mirrors <c>enum tb_label_kind</c>.</summary>
[Mirrors("tb_label_kind", "TB_LABEL_")]
public enum LabelKind : byte
{
    None = 0,
    Interface = 1,
    Vrf = 2,
    ReturnToSender = 3,
    Host = 4,
}
