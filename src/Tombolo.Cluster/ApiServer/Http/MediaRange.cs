namespace Tombolo.Cluster.ApiServer;

/// <summary>One entry of an Accept header: a media type with its parameters.</summary>
internal sealed record MediaRange(string Type, IReadOnlyList<string> Parameters)
{
    public static IEnumerable<MediaRange> Parse(string? accept)
    {
        foreach (
            var range in (accept ?? "").Split(
                ',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
            )
        )
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            yield return new MediaRange(parts[0].ToLowerInvariant(), parts[1..]);
        }
    }

    public string? Parameter(string name) =>
        Parameters
            .FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase))
            ?[(name.Length + 1)..];
}
