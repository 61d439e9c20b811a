using System.Diagnostics;

namespace Tombolo.Tests.Fuzz;

public class BgpFuzzTests
{
    private static IEnumerable<byte[]> Corpus =>
        File.ReadLines(Root.File("tests", "Fuzz", "BgpCorpus.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => Convert.FromHexString(line.Split(' ')[0]));

    [Fact]
    public void The_corpus_never_throws() => Assert.All(Corpus, seed => BgpTarget.Run(seed));

    // Not guided by coverage, but from seeds that reach every reader; a second by default, TOMBOLO_FUZZ_SECONDS for more.
    [Fact]
    public void Mutations_of_the_corpus_never_throw()
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("TOMBOLO_FUZZ_SECONDS"), out var asked)
            ? asked
            : 1;
        var seeds = Corpus.ToArray();
        var number = Environment.TickCount;
        var random = new Random(number);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            var input = Mutate(seeds, random);
            try
            {
                BgpTarget.Run(input);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException(
                    $"seed for BgpCorpus.txt: {Convert.ToHexStringLower(input)}",
                    failure
                );
            }
        }
    }

    private static byte[] Mutate(byte[][] seeds, Random random)
    {
        var octets = seeds[random.Next(seeds.Length)].ToList();
        for (var times = random.Next(1, 6); times > 0 && octets.Count > 1; times--)
        {
            var at = random.Next(octets.Count);
            switch (random.Next(6))
            {
                case 0:
                    octets[at] = (byte)random.Next(256);
                    break;
                case 1:
                    octets[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    octets.RemoveRange(at, random.Next(octets.Count - at));
                    break;
                case 3:
                    octets.InsertRange(at, octets.GetRange(at, Math.Min(random.Next(20), octets.Count - at)));
                    break;
                case 4:
                    octets[at] = random.Next(2) == 0 ? (byte)0 : (byte)255;
                    break;
                default:
                    var other = seeds[random.Next(seeds.Length)];
                    octets.InsertRange(at, other.Skip(random.Next(other.Length)).Take(30));
                    break;
            }
        }
        return [.. octets];
    }
}
