using System.Text.Json;

namespace Tombolo.Benchmarks.Measuring;

/// <summary>
/// Slices of several arms, interleaved: each round runs every arm in random order and then in the reverse of it, so that
/// slices of one pass are neighbours in time and make a pair. A slice in bad weather is dropped and repeated.
/// </summary>
internal sealed class Rounds(string family, int pairs)
{
    private const double MostForeign = 0.05;
    private const int Tries = 4;
    private readonly Dictionary<(string Arm, string Measure), List<Sample?>> samples = [];
    private readonly Dictionary<(string Arm, string Measure), string> failures = [];
    private readonly List<Sample> raw = [];
    private readonly Random random = new(11);

    public void Run(string measure, IReadOnlyDictionary<string, Func<Sample>> arms)
    {
        foreach (var (arm, slice) in arms)
        {
            Try(arm, measure, slice); // warms up, is not kept
        }
        for (var pass = 0; pass < pairs; )
        {
            var order = arms.Keys.ToArray();
            random.Shuffle(order);
            foreach (var direction in new[] { order, [.. order.Reverse()] })
            {
                if (pass++ == pairs)
                {
                    break;
                }
                foreach (var arm in direction)
                {
                    Of(arm, measure).Add(Keep(arm, measure, arms[arm]));
                }
            }
        }
        Raw.Save(family, raw); // a run that is cut short keeps what it has
        Console.Error.WriteLine(
            $"  {measure, -12} "
                + string.Join(
                    "  ",
                    arms.Keys.Select(arm =>
                        Of(arm, measure).Where(one => one is not null).Select(one => one!).ToList()
                            is { Count: > 0 } all
                            ? $"{arm} {Measuring.Row.Median(all.Select(one => one.Rate)):0.###e0}/s {Measuring.Row.Median(all.Select(one => one.CpuPerWork)) * 1e6:0.###e0} us"
                            : $"{arm} failed: {failures.GetValueOrDefault((arm, measure))}"
                    )
                )
        );
    }

    /// <summary>The row of two arms by one figure of their slices.</summary>
    public Row Row(
        string id,
        string figure,
        (string Arm, string Name) peer,
        string ours,
        string measure,
        string unit,
        Func<Sample, double> value,
        double target,
        bool higher = false
    )
    {
        var both = Of(ours, measure)
            .Zip(Of(peer.Arm, measure))
            .Where(pair => pair.First is not null && pair.Second is not null);
        var kept = both.Select(pair => (Ours: pair.First!, Theirs: pair.Second!)).ToList();
        if (kept.Count < 2)
        {
            var why =
                failures.GetValueOrDefault((peer.Arm, measure))
                ?? failures.GetValueOrDefault((ours, measure))
                ?? "not run";
            return Measuring.Row.Missing(id, figure, peer.Name, why);
        }
        var contended = kept.Count(pair => pair.Ours.Contended || pair.Theirs.Contended);
        return Measuring.Row.Of(
            id,
            figure,
            peer.Name,
            unit,
            [.. kept.Select(pair => (value(pair.Ours), value(pair.Theirs)))],
            target,
            contended > 0 ? $" contended ({contended} of {kept.Count} pairs)" : "",
            higher
        );
    }

    /// <summary>Writes every slice to <c>.bench/</c>, dropped ones too, and says where.</summary>
    public void Save() => Console.Error.WriteLine($"  slices: {Raw.Save(family, raw)}");

    private List<Sample?> Of(string arm, string measure) =>
        samples.TryGetValue((arm, measure), out var list) ? list : samples[(arm, measure)] = [];

    private Sample? Keep(string arm, string measure, Func<Sample> slice)
    {
        Sample? best = null;
        for (var i = 0; i < Tries; i++)
        {
            if (Try(arm, measure, slice) is not { } one)
            {
                return null;
            }
            raw.Add(one);
            best = best is null || one.Foreign < best.Foreign ? one : best;
            if (best.Foreign <= MostForeign)
            {
                return best;
            }
        }
        return best! with { Contended = true };
    }

    private Sample? Try(string arm, string measure, Func<Sample> slice)
    {
        try
        {
            return slice() with { Arm = arm, Measure = measure };
        }
        catch (Exception failure) when (failure is InvalidOperationException or FormatException or JsonException)
        {
            failures[(arm, measure)] = failure.Message.ReplaceLineEndings(" ").Trim();
            return null;
        }
    }
}
