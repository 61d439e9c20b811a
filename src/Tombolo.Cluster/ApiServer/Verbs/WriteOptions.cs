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

    /// <summary>The name under which changed fields are owned.</summary>
    public string FieldManager { get; init; } = "apiserver";

    /// <summary>The subresource that is written through; empty: none.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Set by an apply: what it leaves owned by whom.</summary>
    public ManagedFields? Applied { get; set; }

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
