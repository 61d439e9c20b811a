using k8s.Models;

namespace Tombolo.Cluster.Client;

/// <summary>Label selectors against labels. Pure.</summary>
internal static class Selection
{
    /// <summary>An empty selector selects all, none (null) selects nothing.</summary>
    public static bool Matches(this V1LabelSelector? selector, IDictionary<string, string>? labels) =>
        selector is not null
        && (selector.MatchLabels ?? new Dictionary<string, string>()).All(pair => Value(labels, pair.Key) == pair.Value)
        && (selector.MatchExpressions ?? []).All(e => Matches(labels, e.Key, e.OperatorProperty, e.Values));

    /// <summary>One requirement; Gt and Lt are of node selectors only, and fail on what is no number.</summary>
    public static bool Matches(
        IDictionary<string, string>? labels,
        string key,
        string comparison,
        IEnumerable<string>? values
    )
    {
        var value = Value(labels, key);
        return comparison switch
        {
            "In" => value is not null && values?.Contains(value) == true,
            "NotIn" => value is null || values?.Contains(value) != true,
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            "Gt" => Numbers(value, values, out var has, out var bound) && has > bound,
            "Lt" => Numbers(value, values, out var has, out var bound) && has < bound,
            _ => false,
        };
    }

    private static string? Value(IDictionary<string, string>? labels, string key) =>
        labels is not null && labels.TryGetValue(key, out var value) ? value : null;

    private static bool Numbers(string? value, IEnumerable<string>? values, out long has, out long bound)
    {
        bound = 0;
        return long.TryParse(value, out has) && long.TryParse(values?.SingleOrDefault(), out bound);
    }
}
