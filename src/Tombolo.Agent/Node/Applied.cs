namespace Tombolo.Agent.Node;

/// <summary>What came of making the kernel hold what is wanted.</summary>
/// <param name="Error">Why the maps do not hold it, or null: they do, and it may be acknowledged.</param>
/// <param name="Failed">Interfaces that do not forward, by uid, each with the reason.</param>
internal sealed record Applied(string? Error, IReadOnlyDictionary<string, string> Failed);
