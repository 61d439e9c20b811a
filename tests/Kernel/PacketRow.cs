using Tombolo.Agent.Datapath;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>One row of a packet table: what comes in, what is decided, what goes out.</summary>
/// <param name="Says">The description, unique in its table.</param>
/// <param name="In">The frame that arrives.</param>
public sealed record PacketRow(string Says, Outcome Outcome, byte[] In)
{
    /// <summary>Of a drop; or why an answer is an error.</summary>
    public DropReason Reason { get; init; }

    /// <summary>The frame that leaves; null for a drop or where a row does not care.</summary>
    public byte[]? Out { get; init; }

    /// <summary>Segments' size of a super-packet.</summary>
    public uint GsoSize { get; init; }

    /// <summary>The frame has octets behind its packet.</summary>
    public bool IsPadded { get; init; }

    /// <summary>Of the drop counter.</summary>
    public uint Vrf { get; init; } = NodeA.Red;

    public override string ToString() => Says;
}
