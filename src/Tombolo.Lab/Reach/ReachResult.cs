namespace Tombolo.Lab.Reach;

/// <summary>What came of one attempt.</summary>
/// <param name="From">The asker, <c>ns/pod</c>.</param>
/// <param name="To">Whose address it asked; not always who answers.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Reached">Anything answered within a second.</param>
/// <param name="AnsweredBy">Who, <c>ns/pod</c>; null if nobody, or if what answered did not say.</param>
public sealed record ReachResult(
    string From,
    string To,
    string Address,
    int Port,
    string Protocol,
    bool Reached,
    string? AnsweredBy
);
