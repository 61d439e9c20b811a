namespace Tombolo.Kube;

/// <summary>Exponential delays with jitter: 50 ms doubled up to 15 s.</summary>
public readonly record struct Backoff(int Failures)
{
    private const int MaximumDoublings = 9; // 50 ms × 2^9 is past the 15 s cap

    public static Backoff None => default;

    public TimeSpan Delay
    {
        get
        {
            if (Failures == 0)
            {
                return TimeSpan.Zero;
            }
            var milliseconds = Math.Min(15_000, 50 * (1 << Math.Min(Failures - 1, MaximumDoublings)));
            // Half fixed, half random: many clients that failed together do not return together.
            return TimeSpan.FromMilliseconds(milliseconds / 2 + Random.Shared.Next(milliseconds / 2 + 1));
        }
    }

    public Backoff Next() => new(Failures + 1);
}
