using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Runs the rules of a schema over an object and what it was before.</summary>
internal static class CelValidation
{
    /// <param name="old">The same place before; null: there was none, and transition rules are left out.</param>
    public static void Check(JsonNode? node, JsonNode? old, Schema schema, string path, List<FieldError> errors)
    {
        if (node is null)
        {
            return;
        }
        foreach (var rule in schema.Rules)
        {
            if (!rule.IsTransition || old is not null || rule.OptionalOldSelf)
            {
                Check(rule, node, old, path, errors);
            }
        }
        if (node is JsonObject item)
        {
            foreach (var (name, value) in item)
            {
                if ((schema.Properties.GetValueOrDefault(name) ?? schema.Values) is { } inner)
                {
                    Check(value, (old as JsonObject)?[name], inner, FieldPath.Field(path, name), errors);
                }
            }
        }
        else if (node is JsonArray items && schema.Items is { } inner)
        {
            for (var i = 0; i < items.Count; i++)
            {
                Check(items[i], Before(items[i], old, schema), inner, FieldPath.Item(path, i), errors);
            }
        }
    }

    /// <summary>Only items of a list of type map are known again.</summary>
    private static JsonNode? Before(JsonNode? item, JsonNode? old, Schema list)
    {
        if (list.ListType != "map" || old is not JsonArray before)
        {
            return null;
        }
        var key = ListKey.Of(item, list);
        return before.FirstOrDefault(other => ListKey.Of(other, list) == key);
    }

    private static void Check(CelRule rule, JsonNode node, JsonNode? old, string path, List<FieldError> errors)
    {
        var scope = CelScope.Of(CelValues.Of(node), CelValues.Of(old));
        string message;
        try
        {
            if (CelValues.Truth(rule.Expression.Evaluate(scope)))
            {
                return;
            }
            message = rule.MessageExpression?.Evaluate(scope) as string ?? rule.Message ?? $"failed rule: {rule.Rule}";
        }
        catch (CelException error)
        {
            message = $"rule: {rule.Rule}: {error.Message}";
        }
        var at = rule.FieldPath is { } below ? path + below : path;
        var shown = node is JsonValue ? node.ToJsonString() : $"\"{SchemaValidation.TypeOf(node)}\"";
        errors.Add(
            rule.Reason switch
            {
                "FieldValueForbidden" => FieldError.Forbidden(at, message),
                "FieldValueRequired" => FieldError.Required(at, message),
                "FieldValueDuplicate" => FieldError.Duplicate(at, shown),
                _ => FieldError.Invalid(at, shown, message),
            }
        );
    }
}
