using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>One x-kubernetes-validations rule of a schema.</summary>
/// <param name="Rule">As written.</param>
/// <param name="Message">Null: <c>failed rule: …</c>.</param>
/// <param name="MessageExpression">Gives the message instead; null: none.</param>
/// <param name="Reason">FieldValueInvalid and its like.</param>
/// <param name="FieldPath">Which field below this one the error names; null: this one.</param>
/// <param name="OptionalOldSelf">A transition rule that also runs when there is nothing old: oldSelf is then null.</param>
internal sealed record CelRule(
    string Rule,
    CelExpression Expression,
    string? Message,
    CelExpression? MessageExpression,
    string Reason,
    string? FieldPath,
    bool OptionalOldSelf
)
{
    /// <summary>Rules about a change run only when something is changed.</summary>
    public bool IsTransition { get; } = Expression.Uses("oldSelf");

    /// <exception cref="CelException">A rule that cannot be read.</exception>
    public static CelRule Read(JsonObject rule)
    {
        var text = rule.Text("rule") ?? "";
        return new CelRule(
            text,
            CelParser.Parse(text),
            rule.Text("message"),
            rule.Text("messageExpression") is { } expression ? CelParser.Parse(expression) : null,
            rule.Text("reason") ?? "FieldValueInvalid",
            rule.Text("fieldPath"),
            rule.Truth("optionalOldSelf") == true
        );
    }
}
