using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What a built-in kind does on its own beyond its schema: admission's place.</summary>
internal sealed record ResourceRules
{
    public static readonly ResourceRules None = new();

    /// <summary>Changes the object before validation; the old one is null on create.</summary>
    public Action<JsonObject, JsonObject?>? Prepare { get; init; }

    /// <summary>Says what a schema cannot; the old one is null on create.</summary>
    public Func<JsonObject, JsonObject?, IEnumerable<FieldError>>? Validate { get; init; }

    /// <summary>Counts changes of everything but metadata and status in metadata.generation.</summary>
    public bool Generation { get; init; }

    /// <summary>Kind's own way of being deleted gracefully: seconds to wait for, 0 for none.</summary>
    public Func<JsonObject, long?, long>? GraceSeconds { get; init; }

    /// <summary>Finalizers put on when a deletion begins, beside those of its propagation policy.</summary>
    public Func<JsonObject, IEnumerable<string>>? OnDelete { get; init; }

    /// <summary>Objects that may not be deleted, and why; null: this one may.</summary>
    public Func<string, string?>? Undeletable { get; init; }

    /// <summary>How names are checked.</summary>
    public NameStyle Names { get; init; } = NameStyle.Subdomain;
}

/// <summary>What a kind's names may look like.</summary>
internal enum NameStyle
{
    /// <summary>DNS-1123 subdomain, at most 253.</summary>
    Subdomain,

    /// <summary>DNS-1123 label, at most 63.</summary>
    Label,

    /// <summary>DNS-1035 label: begins with a letter.</summary>
    ServiceLabel,

    /// <summary>Any path segment: roles, bindings.</summary>
    PathSegment,
}
