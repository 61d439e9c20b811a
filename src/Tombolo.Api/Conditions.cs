using k8s.Models;

namespace Tombolo.Api;

/// <summary>Conditions as status lists them: one of each type, its time moving only when its status does.</summary>
public static class Conditions
{
    public const string Accepted = "Accepted";
    public const string Programmed = "Programmed";
    public const string Ready = "Ready";

    public static IReadOnlyList<V1Condition> With(
        IReadOnlyList<V1Condition>? list,
        string type,
        bool status,
        string reason,
        string message,
        long? generation,
        DateTime now
    )
    {
        var former = Find(list, type);
        var text = status ? "True" : "False";
        var condition = new V1Condition
        {
            Type = type,
            Status = text,
            Reason = reason,
            Message = message,
            ObservedGeneration = generation,
            LastTransitionTime = former?.Status == text ? former.LastTransitionTime : now,
        };
        return
        [
            .. (list ?? [])
                .Where(other => other.Type != type)
                .Append(condition)
                .OrderBy(one => one.Type, StringComparer.Ordinal),
        ];
    }

    public static V1Condition? Find(IReadOnlyList<V1Condition>? list, string type) =>
        list?.FirstOrDefault(condition => condition.Type == type);

    public static bool IsTrue(IReadOnlyList<V1Condition>? list, string type) => Find(list, type)?.Status == "True";

    /// <summary>Do both lists say the same? Times apart.</summary>
    public static bool Same(IReadOnlyList<V1Condition>? left, IReadOnlyList<V1Condition>? right) =>
        (left ?? [])
            .Select(Words)
            .Order(StringComparer.Ordinal)
            .SequenceEqual((right ?? []).Select(Words).Order(StringComparer.Ordinal));

    private static string Words(V1Condition condition) =>
        $"{condition.Type}={condition.Status} {condition.Reason} {condition.ObservedGeneration} {condition.Message}";
}
