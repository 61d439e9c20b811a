using k8s.Models;

namespace Tombolo.Tests.Topology;

/// <summary>Label selectors as Kubernetes has them: none at all matches nothing, an empty one everything.</summary>
internal static class Selectors
{
    public static bool Matches(V1LabelSelector? selector, IDictionary<string, string>? labels)
    {
        if (selector is null)
        {
            return false;
        }
        labels ??= new Dictionary<string, string>();
        foreach (var (key, value) in selector.MatchLabels ?? new Dictionary<string, string>())
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value)
            {
                return false;
            }
        }
        foreach (var expression in selector.MatchExpressions ?? [])
        {
            var has = labels.TryGetValue(expression.Key, out var actual);
            var listed = has && expression.Values?.Contains(actual!) == true;
            var holds = expression.OperatorProperty switch
            {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => has,
                "DoesNotExist" => !has,
                var other => throw new ArgumentException($"no operator of label selectors: {other}", nameof(selector)),
            };
            if (!holds)
            {
                return false;
            }
        }
        return true;
    }
}
