namespace Tombolo.Cluster.Client;

/// <summary>A delay that doubles with each failure, up to a cap; no delay before the first.</summary>
public readonly record struct Backoff(TimeSpan First, TimeSpan Cap, int Failures)
{
    public static Backoff Of(TimeSpan first, TimeSpan cap) => new(first, cap, 0);

    public TimeSpan Delay =>
        Failures == 0
            ? TimeSpan.Zero
            : TimeSpan.FromTicks(Math.Min(Cap.Ticks, First.Ticks << Math.Min(Failures - 1, 16)));

    public Backoff Next() => this with { Failures = Failures + 1 };

    public Backoff Reset() => this with { Failures = 0 };
}
