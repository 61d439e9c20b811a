namespace Tombolo.Agent.Datapath;

/// <summary>Spaces of labels, by peer group; mirrors <c>enum tb_space</c>. Gateways' groups follow the nodes'.</summary>
[Mirrors("tb_space", "TB_SPACE_")]
public enum LabelSpace : uint
{
    None = 0,
    Nodes = 1,
}
