namespace Tombolo.Tools.Drops;

/// <summary>What each reason for a drop means, in a phrase: the first words of its part of <c>docs/drops.md</c>.</summary>
public static class DropMeanings
{
    private static readonly Dictionary<string, string> All = Read();

    /// <summary>Empty for a reason that this build does not know.</summary>
    public static string Of(string reason) => All.GetValueOrDefault(reason, "");

    private static Dictionary<string, string> Read()
    {
        using var stream = typeof(DropMeanings).Assembly.GetManifestResourceStream("drops.md")!; // in the project file
        using var page = new StreamReader(stream);
        var parts = page.ReadToEnd().ReplaceLineEndings("\n").Split("\n### `")[1..];
        return parts.ToDictionary(part => part[..part.IndexOf('`', StringComparison.Ordinal)], Phrase);
    }

    // Up to the first point, colon, semicolon or bracket that ends a word.
    private static string Phrase(string part)
    {
        var text = part[(part.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Split("\n\n")[0].Replace('\n', ' ');
        var ends = new[] { ". ", ": ", "; ", " (" }
            .Select(end => text.IndexOf(end, StringComparison.Ordinal))
            .Where(at => at > 0);
        return text[..ends.DefaultIfEmpty(text.Length).Min()].TrimEnd('.');
    }
}
