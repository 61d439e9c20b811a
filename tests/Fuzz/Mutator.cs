namespace Tombolo.Tests.Fuzz;

/// <summary>Inputs from other inputs: a few flips, cuts, repeats, splices and lengths that are wrong.</summary>
internal sealed class Mutator(Random random)
{
    private static readonly byte[] Telling = [0, 1, 2, 3, 4, 8, 16, 32, 64, 127, 128, 254, 255];

    public byte[] Mutate(IReadOnlyList<byte[]> corpus)
    {
        var octets = corpus[random.Next(corpus.Count)].ToList();
        for (var times = 1 << random.Next(4); times > 0 && octets.Count > 0; times--)
        {
            Step(octets, corpus);
        }
        return [.. octets];
    }

    private void Step(List<byte> octets, IReadOnlyList<byte[]> corpus)
    {
        var at = random.Next(octets.Count);
        switch (random.Next(8))
        {
            case 0:
                octets[at] = (byte)random.Next(256);
                break;
            case 1:
                octets[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                octets[at] = Telling[random.Next(Telling.Length)];
                break;
            case 3:
                octets[at] += (byte)random.Next(-3, 4);
                break;
            case 4:
                octets.RemoveRange(at, Math.Min(random.Next(1, 20), octets.Count - at));
                break;
            case 5:
                octets.RemoveRange(at, octets.Count - at);
                break;
            case 6:
                octets.InsertRange(at, octets.GetRange(at, Math.Min(random.Next(20), octets.Count - at)));
                break;
            default:
                var other = corpus[random.Next(corpus.Count)];
                octets.InsertRange(at, other.Skip(random.Next(other.Length + 1)).Take(random.Next(60)));
                break;
        }
    }
}
