namespace Tombolo.Agent.Datapath;

/// <summary>Mirrors <c>enum tb_interface_flag</c>.</summary>
[Flags]
[Mirrors("tb_interface_flag", "TB_INTERFACE_")]
public enum InterfaceFlags : uint
{
    None = 0,

    /// <summary>No flows.</summary>
    PacketMode = 1,
}
