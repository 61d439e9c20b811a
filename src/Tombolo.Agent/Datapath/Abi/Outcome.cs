namespace Tombolo.Agent.Datapath;

/// <summary>What a program decided, as a test run or a trace reads it from the packet's control block; mirrors
/// <c>enum tb_outcome</c>.</summary>
[Mirrors("tb_outcome", "TB_OUTCOME_")]
public enum Outcome : uint
{
    None = 0,

    /// <summary>To the host's stack, untouched.</summary>
    Pass = 1,
    Drop = 2,

    /// <summary>To a pod of this node.</summary>
    Deliver = 3,
    Tunnel = 4,

    /// <summary>Back to the sender.</summary>
    Answer = 5,
}
