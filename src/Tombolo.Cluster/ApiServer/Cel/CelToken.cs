namespace Tombolo.Cluster.ApiServer;

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; of a string, its content.</param>
/// <param name="At">Column, from 1.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, int At);

internal enum CelTokenKind
{
    End,
    Name,
    Whole,
    Real,
    Text,
    Sign,
}
