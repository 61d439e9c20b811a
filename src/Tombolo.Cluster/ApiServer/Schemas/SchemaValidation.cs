using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Holds a value against a schema; errors in Kubernetes' words, paths from the object's root.</summary>
internal sealed class SchemaValidation
{
    /// <summary>What is wrong with the value itself.</summary>
    public List<FieldError> Errors { get; } = [];

    public void Check(JsonNode? node, Schema schema, string path)
    {
        if (node is null)
        {
            if (!schema.Nullable && schema.Target.Type is { } type)
            {
                Errors.Add(FieldError.Type(path, "null", $"{path} in body must be of type {type}: \"null\""));
            }
            return;
        }
        if (!IsOfType(node, schema, path))
        {
            return;
        }
        if (schema.Enum is { } values && !values.Any(value => JsonNode.DeepEquals(value, node)))
        {
            var supported = values.Select(value => value?.ToJsonString() ?? "null");
            Errors.Add(FieldError.NotSupported(path, Shown(node), supported));
        }
        switch (node)
        {
            case JsonObject item:
                CheckObject(item, schema.Target, path);
                break;
            case JsonArray items:
                CheckArray(items, schema, path);
                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                CheckText(text, schema, path);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                CheckNumber(value, schema, path);
                break;
        }
        CheckJunctors(node, schema, path);
    }

    public static string TypeOf(JsonNode? node) =>
        node switch
        {
            null => "null",
            JsonObject => "object",
            JsonArray => "array",
            JsonValue value => value.GetValueKind() switch
            {
                JsonValueKind.String => "string",
                JsonValueKind.Number => value.Whole() is null ? "number" : "integer",
                _ => "boolean",
            },
            _ => "unknown",
        };

    private bool IsOfType(JsonNode node, Schema schema, string path)
    {
        var given = TypeOf(node);
        if (schema.IntOrString)
        {
            if (given is "integer" or "string" || (schema.Format == "quantity" && given == "number"))
            {
                return true;
            }
            Errors.Add(FieldError.Type(path, given, $"{path} in body must be of type integer,string: \"{given}\""));
            return false;
        }
        var wanted = schema.Target.Type;
        if (wanted is null || wanted == given || (wanted == "number" && given == "integer"))
        {
            return true;
        }
        Errors.Add(FieldError.Type(path, given, $"{path} in body must be of type {wanted}: \"{given}\""));
        return false;
    }

    private void CheckObject(JsonObject item, Schema schema, string path)
    {
        foreach (var name in schema.Required.Where(name => !item.ContainsKey(name)))
        {
            Errors.Add(FieldError.Required(FieldPath.Field(path, name)));
        }
        foreach (var (name, value) in item)
        {
            if (schema.Properties.TryGetValue(name, out var known))
            {
                Check(value, known, FieldPath.Field(path, name));
            }
            else if (schema.Values is { } values)
            {
                Check(value, values, FieldPath.Field(path, name));
            }
        }
        if (item.Count < schema.MinProperties)
        {
            Invalid(path, item.Count, $"should have at least {schema.MinProperties} properties");
        }
        if (item.Count > schema.MaxProperties)
        {
            Errors.Add(FieldError.TooMany(path, item.Count, schema.MaxProperties.Value));
        }
    }

    private void CheckArray(JsonArray items, Schema schema, string path)
    {
        if (items.Count < schema.MinItems)
        {
            Invalid(path, items.Count, $"should have at least {schema.MinItems} items");
        }
        if (items.Count > schema.MaxItems)
        {
            Errors.Add(FieldError.TooMany(path, items.Count, schema.MaxItems.Value));
            return;
        }
        if (schema.Items is { } inner)
        {
            for (var i = 0; i < items.Count; i++)
            {
                Check(items[i], inner, FieldPath.Item(path, i));
            }
        }
        if (schema.ListType is "set" or "map" || schema.UniqueItems)
        {
            CheckUnique(items, schema, path);
        }
    }

    private void CheckUnique(JsonArray items, Schema schema, string path)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < items.Count; i++)
        {
            var shown = schema.ListType == "map" ? ListKey.Of(items[i], schema) : Shown(items[i]);
            if (!seen.Add(shown))
            {
                Errors.Add(FieldError.Duplicate(FieldPath.Item(path, i), shown));
            }
        }
    }

    private void CheckText(string text, Schema schema, string path)
    {
        var shown = JsonValue.Create(text).ToJsonString();
        var length = schema.MinLength is null && schema.MaxLength is null ? 0 : text.EnumerateRunes().Count();
        if (length < schema.MinLength)
        {
            Invalid(path, shown, $"should be at least {schema.MinLength} chars long");
        }
        if (length > schema.MaxLength)
        {
            Errors.Add(FieldError.TooLong(path, schema.MaxLength.Value));
        }
        if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            Invalid(path, shown, $"should match '{pattern}'");
        }
        if (!Formats.Accepts(schema.Format, text))
        {
            Errors.Add(FieldError.Invalid(path, shown, $"{path} in body must be of type {schema.Format}: {shown}"));
        }
    }

    private void CheckNumber(JsonValue value, Schema schema, string path)
    {
        var number = value.Whole() ?? value.GetValue<double>();
        var shown = value.ToJsonString();
        if (schema.Minimum is { } least && (schema.ExclusiveMinimum ? number <= least : number < least))
        {
            var words = schema.ExclusiveMinimum ? "greater than" : "greater than or equal to";
            Invalid(path, shown, $"should be {words} {least}");
        }
        if (schema.Maximum is { } most && (schema.ExclusiveMaximum ? number >= most : number > most))
        {
            var words = schema.ExclusiveMaximum ? "less than" : "less than or equal to";
            Invalid(path, shown, $"should be {words} {most}");
        }
        if (schema.MultipleOf is { } step && Math.IEEERemainder(number, step) != 0)
        {
            Invalid(path, shown, $"should be a multiple of {step}");
        }
        if (schema.Format == "int32" && number is < int.MinValue or > int.MaxValue)
        {
            Errors.Add(FieldError.Invalid(path, shown, $"{path} in body must be of type int32: \"{shown}\""));
        }
    }

    private void CheckJunctors(JsonNode node, Schema schema, string path)
    {
        foreach (var part in schema.AllOf)
        {
            Check(node, part, path);
        }
        if (schema.AnyOf.Count > 0 && !schema.AnyOf.Any(part => Fits(node, part, path)))
        {
            Invalid(path, Shown(node), "must validate at least one schema (anyOf)");
        }
        if (schema.OneOf.Count > 0 && schema.OneOf.Count(part => Fits(node, part, path)) != 1)
        {
            Invalid(path, Shown(node), "must validate one and only one schema (oneOf)");
        }
        if (schema.Not is { } not && Fits(node, not, path))
        {
            Invalid(path, Shown(node), "must not validate the schema (not)");
        }
    }

    private static bool Fits(JsonNode node, Schema schema, string path)
    {
        var trial = new SchemaValidation();
        trial.Check(node, schema, path);
        return trial.Errors.Count == 0;
    }

    private void Invalid(string path, object shown, string rule) =>
        Errors.Add(FieldError.Invalid(path, $"{shown}", $"{path} in body {rule}"));

    private static string Shown(JsonNode? node) => node?.ToJsonString() ?? "null";
}
