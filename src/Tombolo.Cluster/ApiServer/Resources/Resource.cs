namespace Tombolo.Cluster.ApiServer;

/// <summary>What the server knows of one kind in one version: all that any verb needs, and nothing is told apart by name.</summary>
internal sealed record Resource
{
    public required string Group { get; init; }
    public required string Version { get; init; }
    public required string Kind { get; init; }
    public required string Plural { get; init; }
    public required string Singular { get; init; }
    public string? ListKindName { get; init; }
    public IReadOnlyList<string> ShortNames { get; init; } = [];
    public IReadOnlyList<string> Categories { get; init; } = [];
    public required bool Namespaced { get; init; }
    public required Schema Schema { get; init; }
    public IReadOnlyList<Column> Columns { get; init; } = Column.Default;

    /// <summary>The version whose apiVersion stored objects carry.</summary>
    public required string StorageVersion { get; init; }

    /// <summary>Whether status is a subresource that main writes leave alone.</summary>
    public bool HasStatus { get; init; }

    public ScalePaths? Scale { get; init; }

    /// <summary>Fields that may be selected by, beyond metadata.name and metadata.namespace.</summary>
    public IReadOnlyList<string> SelectableFields { get; init; } = [];

    public ResourceRules Rules { get; init; } = ResourceRules.None;

    /// <summary>Served from another kind's objects in another shape.</summary>
    public ResourceView? View { get; init; }

    /// <summary>Only POST, and nothing is stored: reviews.</summary>
    public Func<ReviewRequest, System.Text.Json.Nodes.JsonObject>? Review { get; init; }

    /// <summary>From a CRD.</summary>
    public bool Custom { get; init; }

    /// <summary>Its CRD is being deleted: nothing new is made.</summary>
    public bool Ending { get; init; }

    /// <summary>The version is marked deprecated; the text is sent as a warning.</summary>
    public string? Deprecation { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
    public string StorageApiVersion => Group.Length == 0 ? StorageVersion : $"{Group}/{StorageVersion}";
    public string ListKind => ListKindName ?? Kind + "List";

    /// <summary><c>pods</c> or <c>deployments.apps</c>: as messages name it, and the name its objects are stored by.</summary>
    public string Qualified => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public string StorageKind => View?.StorageKind ?? Qualified;

    public IReadOnlyList<string> Verbs =>
        Review is null
            ? ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
            : ["create"];
}
