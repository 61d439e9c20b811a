using Tombolo.Values;

namespace Tombolo.Bgp.Policy;

/// <summary>A prefix list: looked up by each length that occurs in it, so its size does not matter.</summary>
public sealed class PrefixSet
{
    private readonly Dictionary<Prefix, List<PrefixRange>> ranges = [];
    private readonly byte[] lengths;

    public PrefixSet(IEnumerable<PrefixRange> list)
    {
        foreach (var range in list)
        {
            if (!ranges.TryGetValue(range.Prefix, out var same))
            {
                ranges[range.Prefix] = same = [];
            }
            same.Add(range);
        }
        lengths = ranges.Keys.Select(prefix => prefix.Length).Distinct().Order().ToArray();
    }

    public bool Contains(Prefix prefix)
    {
        foreach (var length in lengths)
        {
            if (length > prefix.Length)
            {
                break;
            }
            if (!ranges.TryGetValue(new Prefix(prefix.Address, length), out var same))
            {
                continue;
            }
            foreach (var range in same)
            {
                if (range.Matches(prefix))
                {
                    return true;
                }
            }
        }
        return false;
    }
}
