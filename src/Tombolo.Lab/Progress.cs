namespace Tombolo.Lab;

/// <summary>Tells a waiting user what is going on: a line at each step's end, and one every few seconds within a long one.</summary>
public sealed class Progress(TextWriter output)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly long began = TimeProvider.System.GetTimestamp();

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(began);

    public void Say(string text) => output.WriteLine($"{Elapsed.TotalSeconds, 6:0.0} s  {text}");

    /// <summary>Looks until it holds.</summary>
    /// <param name="look">Null: it holds. Else what is still missing, in a few words.</param>
    /// <exception cref="LabException">It does not hold in time; the message ends with what was missing.</exception>
    public async Task UntilAsync(
        string what,
        TimeSpan within,
        Func<CancellationToken, Task<string?>> look,
        CancellationToken cancel
    )
    {
        var (start, told) = (Elapsed, Elapsed);
        while (await look(cancel) is { } missing)
        {
            if (Elapsed - start > within)
            {
                throw new LabException($"{what}: not within {within.TotalSeconds:0} s: {missing}");
            }
            if (Elapsed - told > Patience)
            {
                told = Elapsed;
                Say($"waiting for {what}: {missing}");
            }
            await Task.Delay(Look, cancel);
        }
        Say(what);
    }
}
