namespace Tombolo.Cluster.ApiServer;

/// <summary>How an object is to be deleted; null: the kind's default.</summary>
internal sealed record DeleteOptions
{
    public static readonly DeleteOptions Background = new();

    public long? GraceSeconds { get; init; }

    /// <summary>Background, Foreground or Orphan.</summary>
    public string? Propagation { get; init; }

    /// <summary>Only this very object.</summary>
    public string? Uid { get; init; }

    /// <summary>Only this version of it.</summary>
    public string? ResourceVersion { get; init; }

    public bool DryRun { get; init; }
}
