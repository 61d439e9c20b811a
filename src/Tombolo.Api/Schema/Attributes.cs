namespace Tombolo.Api.Schema;

/// <summary>How a kind is served: the head of its CRD.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string plural, string shortName) : Attribute
{
    public string Plural => plural;
    public string ShortName => shortName;
    public bool ClusterScoped { get; init; }
}

/// <summary>A printer column: the first question that one asks.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ColumnAttribute(string name, string jsonPath, string type = "string") : Attribute
{
    public string Name => name;
    public string JsonPath => jsonPath;
    public string Type => type;

    /// <summary>0 is always shown, 1 with <c>-o wide</c>.</summary>
    public int Priority { get; init; }
}

/// <summary>A CEL rule. Only <c>self</c>, <c>oldSelf</c>, <c>has</c>, comparisons and boolean operators are used.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class RuleAttribute(string rule, string message) : Attribute
{
    public string Rule => rule;
    public string Message => message;
}

/// <summary>What the schema says of a value beyond its type.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LimitsAttribute : Attribute
{
    public long Minimum { get; init; } = long.MinValue;
    public long Maximum { get; init; } = long.MaxValue;
    public int MaxItems { get; init; } = -1;
    public int MaxLength { get; init; } = -1;
    public string? Pattern { get; init; }

    /// <summary>The default as JSON.</summary>
    public string? Default { get; init; }

    /// <summary>Keys of a list of type map.</summary>
    public string[]? MapKeys { get; init; }

    /// <summary>The object may hold anything: a selector of Kubernetes' own.</summary>
    public bool Open { get; init; }
}
