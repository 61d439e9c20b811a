using Tombolo.Values;

namespace Tombolo.Bgp.Policy;

/// <summary>Prefixes inside one prefix, by their length.</summary>
/// <param name="AtLeast">Shortest length that matches.</param>
/// <param name="AtMost">Longest length that matches.</param>
public readonly record struct PrefixRange(Prefix Prefix, byte AtLeast, byte AtMost)
{
    /// <summary>The prefix itself and nothing else.</summary>
    public static PrefixRange Exactly(Prefix prefix) => new(prefix, prefix.Length, prefix.Length);

    public bool Matches(Prefix prefix) =>
        prefix.Length >= AtLeast && prefix.Length <= AtMost && Prefix.Contains(prefix);

    /// <summary>Reads <c>10.0.0.0/8</c>, <c>10.0.0.0/8 le 24</c>, <c>10.0.0.0/8 ge 16 le 24</c>.</summary>
    public static bool TryParse(string text, out PrefixRange range)
    {
        range = default;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is not (1 or 3 or 5) || !Prefix.TryParse(words[0], out var prefix))
        {
            return false;
        }
        var (least, most) = (prefix.Length, prefix.Length);
        for (var i = 1; i < words.Length; i += 2)
        {
            if (!byte.TryParse(words[i + 1], out var bits) || bits < prefix.Length || bits > prefix.Address.Width)
            {
                return false;
            }
            switch (words[i])
            {
                case "ge":
                    least = bits;
                    most = words.Length == 3 ? (byte)prefix.Address.Width : most;
                    break;
                case "le":
                    most = bits;
                    break;
                default:
                    return false;
            }
        }
        range = new PrefixRange(prefix, least, most);
        return least <= most;
    }
}
