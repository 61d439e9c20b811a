namespace Tombolo.Values.Drops;

/// <summary>What one node says of its drops, or why it says nothing: a line of the operators' door's answer.</summary>
/// <param name="Counted">Asked for counters: all of them.</param>
/// <param name="Sampled">Followed: what was dropped since the last line.</param>
/// <param name="Error">Why there is nothing of this node; it is followed on if it comes back.</param>
public sealed record NodeDrops(
    string Node,
    IReadOnlyList<CountedDrop>? Counted = null,
    IReadOnlyList<SampledDrop>? Sampled = null,
    string? Error = null
);
