using System.Diagnostics;

namespace Tombolo.Tests.Fuzz;

/// <summary>Keeps each input that reaches an edge, or a count of it, that no other did, and makes the next from those.</summary>
internal sealed class CoverageFuzzer(InstrumentedCodec codec, CoverageMap map, int seed)
{
    /// <summary>An input of the longest message that takes longer than this has found a way to hold a speaker up.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private const int Longest = 4096;

    private readonly Mutator mutator = new(new Random(seed));
    private readonly List<byte[]> corpus = [];
    private readonly List<int[]> featuresOf = [];
    private readonly HashSet<int> seen = [];

    public long Runs { get; private set; }

    /// <summary>Edges with their counts by power of two that were reached.</summary>
    public int Features => seen.Count;

    public int Edges => seen.Select(feature => feature >> 3).Distinct().Count();

    public int Corpus => corpus.Count;

    /// <returns>True if it reached something new.</returns>
    /// <exception cref="InvalidOperationException">It threw, or took too long; the message is a line for BgpCorpus.txt.</exception>
    public bool Try(byte[] input)
    {
        var watch = Stopwatch.StartNew();
        List<int> features;
        try
        {
            features = map.Features(() => codec.Run(input));
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException(Line(input), failure);
        }
        Runs++;
        if (watch.Elapsed > Slow)
        {
            throw new InvalidOperationException($"{watch.Elapsed.TotalSeconds:0.0} s: {Line(input)}");
        }
        if (features.TrueForAll(seen.Contains))
        {
            return false;
        }
        seen.UnionWith(features);
        corpus.Add(input);
        featuresOf.Add([.. features]);
        return true;
    }

    public void Run(Func<bool> goesOn)
    {
        while (goesOn())
        {
            var input = mutator.Mutate(corpus);
            if (input.Length is > 0 and <= Longest)
            {
                Try(input);
            }
        }
    }

    /// <summary>Inputs that together reach all that was reached, the short ones first.</summary>
    public IEnumerable<byte[]> Distilled()
    {
        var left = new HashSet<int>(seen);
        foreach (var at in Enumerable.Range(0, corpus.Count).OrderBy(at => corpus[at].Length))
        {
            var before = left.Count;
            left.ExceptWith(featuresOf[at]);
            if (left.Count < before)
            {
                yield return corpus[at];
            }
        }
    }

    public static string Line(byte[] input) => $"{Convert.ToHexStringLower(input)} found by fuzzing";
}
