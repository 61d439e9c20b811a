namespace Tombolo.Benchmarks.Bgp;

/// <summary>What neighbours do to a speaker in one slice.</summary>
/// <param name="Routes">Of all neighbours together, an equal part each.</param>
/// <param name="Shared">Routes in a row that have their attributes in common.</param>
internal sealed record Load(int Neighbors, int Routes, int Shared)
{
    public int Each => Routes / Neighbors;

    /// <summary>Routes that all neighbours together are sent when all is done: each hears what the others announced.</summary>
    public long Deliveries => (long)Neighbors * (Neighbors - 1) * Each;

    public override string ToString() =>
        Neighbors == 1 ? $"{Routes / 1000} k routes in" : $"{Neighbors} neighbours, {Routes / 1000} k routes";
}
