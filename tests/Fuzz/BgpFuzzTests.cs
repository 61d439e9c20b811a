using System.Diagnostics;
using Tombolo.Tests.Bgp;

namespace Tombolo.Tests.Fuzz;

/// <summary>The codec under inputs that coverage of its branches leads to: for a second from seed 1, and with
/// <c>./test unit --long</c> for ten minutes from a new seed. TOMBOLO_FUZZ_SECONDS and TOMBOLO_FUZZ_SEED set either;
/// TOMBOLO_FUZZ_CORPUS=FILE collects the inputs that together reach all that was reached.</summary>
public sealed class BgpFuzzTests(ITestOutputHelper output)
{
    private static readonly Lazy<InstrumentedCodec> Codec = new(() => new InstrumentedCodec());

    private static byte[][] Corpus =>
        [
            .. new[] { "BgpCorpus.txt", "BgpCorpusFound.txt" }
                .SelectMany(name => File.ReadLines(Root.File("tests", "Fuzz", name)))
                .Where(line => line.Length > 0 && line[0] != '#')
                .Select(line => Convert.FromHexString(line.Split(' ')[0])),
            .. HostilePeerTests.Captures.Select(BgpTarget.OfMessage),
        ];

    [Fact]
    public void The_corpus_never_throws() => Assert.All(Corpus, seed => BgpTarget.Run(seed));

    [Fact]
    public void Inputs_that_coverage_leads_to_never_throw()
    {
        var isLong = Environment.GetEnvironmentVariable("TOMBOLO_LONG") == "1";
        var seconds =
            double.TryParse(Environment.GetEnvironmentVariable("TOMBOLO_FUZZ_SECONDS"), out var asked) ? asked
            : isLong ? 600
            : 1;
        var seed =
            int.TryParse(Environment.GetEnvironmentVariable("TOMBOLO_FUZZ_SEED"), out var given) ? given
            : isLong ? Environment.TickCount
            : 1;
        using var map = new CoverageMap();
        var fuzzer = new CoverageFuzzer(Codec.Value, map, seed);
        var watch = Stopwatch.StartNew();
        foreach (var input in Corpus)
        {
            fuzzer.Try(input);
        }
        var before = fuzzer.Edges;
        fuzzer.Run(() => watch.Elapsed.TotalSeconds < seconds);
        output.WriteLine(
            $"seed {seed}: {fuzzer.Runs} runs in {watch.Elapsed.TotalSeconds:0} s, {before} edges by the corpus, "
                + $"{fuzzer.Edges} now, {fuzzer.Features} features, {fuzzer.Corpus} inputs kept"
        );
        if (Environment.GetEnvironmentVariable("TOMBOLO_FUZZ_CORPUS") is { Length: > 0 } file)
        {
            File.WriteAllLines(file, fuzzer.Distilled().Select(Convert.ToHexStringLower));
        }
    }

    // A fuzzer that is blind would pass the test above: from one route of IPv4 it must find its way to what the corpus names.
    [Fact]
    public void Coverage_leads_from_one_route_to_errors_and_other_attributes()
    {
        using var map = new CoverageMap();
        var fuzzer = new CoverageFuzzer(Codec.Value, map, 1);
        var route = Convert.FromHexString("1800000014400101004002060201000003e84003040a000001080a");
        // Tables that are made on first use are no branches of the input.
        Codec.Value.Run(route);
        fuzzer.Try(route);
        var before = fuzzer.Edges;
        fuzzer.Run(() => fuzzer.Runs < 20_000);
        Assert.InRange(fuzzer.Edges, before * 2, int.MaxValue);
    }
}
