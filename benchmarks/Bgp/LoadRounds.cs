using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Rounds of one load: each runs every implementation once and ours twice, in random order. Slices of one round
/// are neighbours in time and make the pairs; a round in which one of two failed makes none of them.</summary>
internal sealed class LoadRounds(Load load, BgpOptions options, SliceLog log)
{
    private const string Ours = "tombolo";

    /// <summary>Ours once more: its row against itself is the noise.</summary>
    private const string Control = "control";
    private const double MostForeign = 0.05;
    private const int Tries = 3;

    private readonly Dictionary<(string Kind, int Round), (Slice Slice, bool Contended)> slices = [];
    private readonly Dictionary<string, string> failures = [];
    private readonly Random random = new(11);

    public void Run()
    {
        using var bed = new Testbed(load.Neighbors);
        var kinds = SpeakerUnderTest.Kinds.Keys.Append(Control).ToList();
        foreach (var kind in kinds.ToArray())
        {
            if (SpeakerUnderTest.MissingReason(kind == Control ? Ours : kind) is { } why)
            {
                failures[kind] = why;
                kinds.Remove(kind);
            }
        }
        for (var round = 0; round < options.Rounds; round++)
        {
            var order = kinds.ToArray();
            random.Shuffle(order);
            foreach (var kind in order)
            {
                Keep(bed, kind, round);
            }
        }
    }

    /// <summary>One figure against each peer, and against ourselves.</summary>
    public IEnumerable<Row> Rows(
        string id,
        string figure,
        string unit,
        Func<Slice, double> measure,
        (string Kind, double Target)[] peers
    )
    {
        foreach (var (kind, target) in peers.Append((Control, 0.0)))
        {
            var against = kind == Control ? "itself" : kind;
            var pairs = Enumerable
                .Range(0, options.Rounds)
                .Where(round => slices.ContainsKey((Ours, round)) && slices.ContainsKey((kind, round)))
                .Select(round => (Ours: slices[(Ours, round)], Theirs: slices[(kind, round)]))
                .ToArray();
            if (pairs.Length < 2)
            {
                var why = failures.GetValueOrDefault(kind) ?? failures.GetValueOrDefault(Ours) ?? "too few rounds";
                yield return Row.Missing(id, $"{figure}, {load}", against, why);
                continue;
            }
            var contended = pairs.Count(pair => pair.Ours.Contended || pair.Theirs.Contended);
            yield return Row.Of(
                id,
                $"{figure}, {load}",
                against,
                unit,
                [.. pairs.Select(pair => (measure(pair.Ours.Slice), Math.Max(measure(pair.Theirs.Slice), 1e-9)))],
                target,
                contended > 0 ? $" contended ({contended} of {pairs.Length} pairs)" : ""
            );
        }
    }

    // A slice in bad weather is repeated; the best of its tries stands, and says so if it is still bad.
    private void Keep(Testbed bed, string kind, int round)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (Try(bed, kind, round) is not { } slice)
            {
                return;
            }
            var contended = slice.Foreign > MostForeign;
            if (!slices.TryGetValue((kind, round), out var best) || slice.Foreign < best.Slice.Foreign)
            {
                slices[(kind, round)] = (slice, contended);
            }
            if (!contended)
            {
                return;
            }
        }
    }

    private Slice? Try(Testbed bed, string kind, int round)
    {
        var start = $"  {load}, round {round + 1}/{options.Rounds}: {kind, -8}";
        try
        {
            var slice = Slice.Run(kind == Control ? Ours : kind, bed, load, options.Patience);
            Console.Error.WriteLine(
                $"{start} {slice.CpuSeconds, 7:0.00} s CPU {slice.WallSeconds, 7:0.0} s {slice.Octets >> 20, 6} MiB "
                    + $"over {slice.BaseOctets >> 20}, foreign {slice.Foreign:P0}"
            );
            log.Add(load, round, kind, slice, "");
            return slice;
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            Console.Error.WriteLine($"{start} left out: {failure.Message}");
            log.Add(load, round, kind, null, failure.Message);
            failures[kind] = failure.Message;
            return null;
        }
    }
}
