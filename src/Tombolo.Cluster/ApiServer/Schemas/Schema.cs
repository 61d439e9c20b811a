using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// One node of a kind's schema, whether it came from a model type or from a CRD. Built once, then only read; schemas
/// of model types may contain themselves.
/// </summary>
internal sealed class Schema
{
    /// <summary>object, array, string, integer, number, boolean; null: any value.</summary>
    public string? Type { get; set; }

    public string? Format { get; set; }
    public string? Description { get; set; }

    /// <summary>Name in OpenAPI's components; null: written in place.</summary>
    public string? Name { get; set; }

    public Dictionary<string, Schema> Properties { get; } = [];

    /// <summary>Schema of the values of a map.</summary>
    public Schema? Values { get; set; }

    public Schema? Items { get; set; }
    public List<string> Required { get; } = [];
    public JsonNode? Default { get; set; }
    public JsonArray? Enum { get; set; }
    public Regex? Pattern { get; set; }
    public double? Minimum { get; set; }
    public double? Maximum { get; set; }
    public bool ExclusiveMinimum { get; set; }
    public bool ExclusiveMaximum { get; set; }
    public double? MultipleOf { get; set; }
    public long? MinLength { get; set; }
    public long? MaxLength { get; set; }
    public long? MinItems { get; set; }
    public long? MaxItems { get; set; }
    public bool UniqueItems { get; set; }
    public long? MinProperties { get; set; }
    public long? MaxProperties { get; set; }
    public bool Nullable { get; set; }

    /// <summary>x-kubernetes-preserve-unknown-fields: what is not described is kept.</summary>
    public bool PreserveUnknown { get; set; }

    public bool IntOrString { get; set; }

    /// <summary>x-kubernetes-embedded-resource: apiVersion, kind and metadata are implied.</summary>
    public bool Embedded { get; set; }

    /// <summary>atomic, set or map; null: atomic.</summary>
    public string? ListType { get; set; }

    public IReadOnlyList<string> ListKeys { get; set; } = [];

    /// <summary>granular or atomic; null: granular.</summary>
    public string? MapType { get; set; }

    /// <summary>Strategic merge: which field tells a list's items apart; empty string: a list of values that is merged.</summary>
    public string? MergeKey { get; set; }

    /// <summary>merge, retainKeys, or both joined by a comma.</summary>
    public string? PatchStrategy { get; set; }

    public IReadOnlyList<Schema> AllOf { get; set; } = [];
    public IReadOnlyList<Schema> AnyOf { get; set; } = [];
    public IReadOnlyList<Schema> OneOf { get; set; } = [];
    public Schema? Not { get; set; }
    public IReadOnlyList<CelRule> Rules { get; set; } = [];

    /// <summary>Another schema that holds the content of this place (a <c>$ref</c>); null: this one does.</summary>
    public Schema? Reference { get; set; }

    /// <summary>Where the content is described.</summary>
    public Schema Target => Reference ?? this;

    /// <summary>The schema as its CRD wrote it, for OpenAPI; null: of a model type.</summary>
    public JsonObject? Source { get; set; }

    /// <summary>True where objects have named fields that are all known.</summary>
    public bool IsClosed => Type == "object" && Values is null && !PreserveUnknown;
}
