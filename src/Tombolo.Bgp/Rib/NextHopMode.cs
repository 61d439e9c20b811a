namespace Tombolo.Bgp.Rib;

/// <summary>What becomes of the next hop towards a neighbour.</summary>
public enum NextHopMode
{
    /// <summary>Our address towards external neighbours in unlabelled families, unchanged otherwise.</summary>
    Default,
    Self,
    Unchanged,
}
