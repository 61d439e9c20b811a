using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Rib;

namespace Tombolo.Bgp.Speaking;

/// <summary>One family of one neighbour, while the speaker runs.</summary>
internal sealed class NeighborRib(NeighborFamily options, FamilyRib rib)
{
    public NeighborFamily Options { get; set; } = options;

    public FamilyRib Rib => rib;

    /// <summary>What it is sent; null while the family is not up.</summary>
    public UpdateGroup? Group { get; set; }

    /// <summary>Paths that it has here, also those that policy rejected.</summary>
    public int Count { get; set; }

    public bool EndOfRibReceived { get; set; }

    /// <summary>When stale routes go at the latest; null while there are none.</summary>
    public TimeSpan? StaleUntil { get; set; }

    /// <summary>What that moment starts: the long-lived period, or nothing more.</summary>
    public TimeSpan LongLivedAfter { get; set; }
}
