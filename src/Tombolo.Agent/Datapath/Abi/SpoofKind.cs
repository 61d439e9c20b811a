namespace Tombolo.Agent.Datapath;

/// <summary>Why an interface may send from an address; mirrors <c>enum tb_spoof_kind</c>.</summary>
[Mirrors("tb_spoof_kind", "TB_SPOOF_")]
public enum SpoofKind : byte
{
    None = 0,

    /// <summary>Its own.</summary>
    Address = 1,

    /// <summary>In an allowed prefix.</summary>
    Allowed = 2,

    /// <summary>What static routes send through it: it is sent to at it and sends none from it.</summary>
    Transit = 3,
}
