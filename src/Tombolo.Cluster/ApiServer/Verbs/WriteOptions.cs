namespace Tombolo.Cluster.ApiServer;

/// <summary>How a request wants its write judged.</summary>
internal sealed record WriteOptions
{
    public static WriteOptions Plain => new();

    /// <summary>All but the commit.</summary>
    public bool DryRun { get; init; }

    public FieldValidation FieldValidation { get; init; } = FieldValidation.Ignore;

    /// <summary>Fields that were given twice, found when the body was read.</summary>
    public IReadOnlyList<string> Duplicates { get; init; } = [];

    /// <summary>Filled in as the write is judged; sent as Warning headers.</summary>
    public List<string> Warnings { get; } = [];
}

/// <summary>What becomes of unknown and duplicate fields.</summary>
internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}
