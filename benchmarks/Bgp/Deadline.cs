using System.Diagnostics;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>A limit that counts from its making.</summary>
internal sealed class Deadline(TimeSpan limit)
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    public TimeSpan Elapsed => watch.Elapsed;

    /// <summary>Zero once it is over.</summary>
    public TimeSpan Left => limit > watch.Elapsed ? limit - watch.Elapsed : TimeSpan.Zero;

    public override string ToString() => $"{limit.TotalSeconds:0} s";
}
