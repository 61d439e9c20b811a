using Tombolo.Values;

namespace Tombolo.Bgp.Rib;

/// <summary>What a speaker's tables go by.</summary>
public sealed record RibOptions
{
    public required uint LocalAs { get; init; }

    public required uint RouterId { get; init; }

    /// <summary>Of this reflector (RFC 4456 §7); the router id unless several reflectors share one.</summary>
    public uint ClusterId { get; init; }

    /// <summary>Equal paths that are marked; 1 marks none.</summary>
    public int MaxPaths { get; init; } = 1;

    /// <summary>Compares MED also between different neighbouring AS.</summary>
    public bool AlwaysCompareMed { get; init; }

    /// <summary>Cost to a next hop; null counts every next hop the same.</summary>
    public Func<Address, uint>? NextHopCost { get; init; }
}
