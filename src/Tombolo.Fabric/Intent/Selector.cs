using k8s.Models;

namespace Tombolo.Fabric.Intent;

/// <summary>Label selectors, as Kubernetes evaluates them.</summary>
public static class Selector
{
    /// <summary>True if the labels match. A null selector matches nothing, an empty one everything.</summary>
    public static bool Matches(V1LabelSelector? selector, IDictionary<string, string>? labels)
    {
        if (selector is null)
        {
            return false;
        }
        labels ??= new Dictionary<string, string>();
        return (selector.MatchLabels ?? new Dictionary<string, string>()).All(wanted =>
                labels.TryGetValue(wanted.Key, out var value) && value == wanted.Value
            ) && (selector.MatchExpressions ?? []).All(expression => Holds(expression, labels));
    }

    private static bool Holds(V1LabelSelectorRequirement requirement, IDictionary<string, string> labels)
    {
        var present = labels.TryGetValue(requirement.Key, out var value);
        return requirement.OperatorProperty switch
        {
            "In" => present && requirement.Values.Contains(value!),
            "NotIn" => !present || !requirement.Values.Contains(value!),
            "Exists" => present,
            "DoesNotExist" => !present,
            _ => false, // the API server refuses other operators; fail closed all the same
        };
    }
}
