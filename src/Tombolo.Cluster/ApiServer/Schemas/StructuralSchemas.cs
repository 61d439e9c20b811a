using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Reads a CRD's openAPIV3Schema, and says where it is not structural.</summary>
internal sealed class StructuralSchemas
{
    private const int MostDepth = 100;

    public List<FieldError> Errors { get; } = [];

    /// <summary>The schema of a kind's objects: what the CRD says, and the fields that every object has.</summary>
    /// <param name="metadata">The schema of metadata.</param>
    public Schema ReadRoot(JsonObject source, Schema metadata, string path)
    {
        if (source.Text("type") != "object")
        {
            Errors.Add(FieldError.Invalid($"{path}.type", $"\"{source.Text("type")}\"", "must be object at the root"));
        }
        var schema = Read(source, path, 0);
        schema.Source = source;
        AddObjectFields(schema, metadata);
        return schema;
    }

    public static void AddObjectFields(Schema schema, Schema metadata)
    {
        schema.Properties["apiVersion"] = new Schema { Type = "string" };
        schema.Properties["kind"] = new Schema { Type = "string" };
        schema.Properties["metadata"] = new Schema { Type = "object", Reference = metadata };
    }

    private Schema Read(JsonObject source, string path, int depth, bool nested = false)
    {
        if (depth > MostDepth)
        {
            Errors.Add(FieldError.Forbidden(path, "the schema is nested too deeply"));
            return new Schema();
        }
        var schema = new Schema
        {
            Type = source.Text("type"),
            Format = source.Text("format"),
            Description = source.Text("description"),
            Default = source["default"]?.DeepClone(),
            Nullable = source.Truth("nullable") == true,
            PreserveUnknown = source.Truth("x-kubernetes-preserve-unknown-fields") == true,
            IntOrString = source.Truth("x-kubernetes-int-or-string") == true,
            Embedded = source.Truth("x-kubernetes-embedded-resource") == true,
            ListType = source.Text("x-kubernetes-list-type"),
            ListKeys = [.. source.Texts("x-kubernetes-list-map-keys")],
            MapType = source.Text("x-kubernetes-map-type"),
        };
        schema.Required.AddRange(source.Texts("required"));
        ReadLimits(schema, source, path);
        ReadChildren(schema, source, path, depth, nested);
        ReadRules(schema, source, path);
        if (!nested)
        {
            CheckStructure(schema, source, path);
        }
        if (schema.Embedded)
        {
            schema.Properties.TryAdd("apiVersion", new Schema { Type = "string" });
            schema.Properties.TryAdd("kind", new Schema { Type = "string" });
            schema.Properties.TryAdd("metadata", new Schema { Type = "object", PreserveUnknown = true });
        }
        CheckDefault(schema, path);
        return schema;
    }

    private void ReadLimits(Schema schema, JsonObject source, string path)
    {
        schema.Enum = source["enum"] as JsonArray is { } values ? (JsonArray)values.DeepClone() : null;
        schema.Minimum = Number(source, "minimum");
        schema.Maximum = Number(source, "maximum");
        schema.MultipleOf = Number(source, "multipleOf");
        schema.ExclusiveMinimum = source.Truth("exclusiveMinimum") == true;
        schema.ExclusiveMaximum = source.Truth("exclusiveMaximum") == true;
        schema.MinLength = source.Whole("minLength");
        schema.MaxLength = source.Whole("maxLength");
        schema.MinItems = source.Whole("minItems");
        schema.MaxItems = source.Whole("maxItems");
        schema.MinProperties = source.Whole("minProperties");
        schema.MaxProperties = source.Whole("maxProperties");
        if (source.Truth("uniqueItems") == true)
        {
            Errors.Add(
                FieldError.Forbidden(
                    $"{path}.uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
                )
            );
        }
        if (source.Text("pattern") is not { } pattern)
        {
            return;
        }
        try
        {
            schema.Pattern = Patterns.Read(pattern);
        }
        catch (FormatException error)
        {
            Errors.Add(FieldError.Invalid($"{path}.pattern", JsonValue.Create(pattern).ToJsonString(), error.Message));
        }
    }

    private void ReadChildren(Schema schema, JsonObject source, string path, int depth, bool nested)
    {
        foreach (var (name, property) in source["properties"] as JsonObject ?? [])
        {
            if (property is JsonObject inner)
            {
                schema.Properties[name] = Read(inner, $"{path}.properties[{name}]", depth + 1, nested);
            }
        }
        if (source["additionalProperties"] is JsonObject values)
        {
            schema.Values = Read(values, $"{path}.additionalProperties", depth + 1, nested);
        }
        else if (source.Truth("additionalProperties") == true)
        {
            schema.PreserveUnknown = true;
        }
        if (source["items"] is JsonObject items)
        {
            schema.Items = Read(items, $"{path}.items", depth + 1, nested);
        }
        schema.AllOf = Junctor(source, "allOf", path, depth);
        schema.AnyOf = Junctor(source, "anyOf", path, depth);
        schema.OneOf = Junctor(source, "oneOf", path, depth);
        schema.Not = source["not"] is JsonObject not ? Read(not, $"{path}.not", depth + 1, nested: true) : null;
    }

    private List<Schema> Junctor(JsonObject source, string name, string path, int depth) =>
        [.. source.Items(name).Select((part, i) => Read(part, $"{path}.{name}[{i}]", depth + 1, nested: true))];

    private void ReadRules(Schema schema, JsonObject source, string path)
    {
        var rules = new List<CelRule>();
        var index = 0;
        foreach (var rule in source.Items("x-kubernetes-validations"))
        {
            var at = $"{path}.x-kubernetes-validations[{index++}].rule";
            try
            {
                var read = CelRule.Read(rule);
                CelFields.Check(read.Expression, schema);
                rules.Add(read);
            }
            catch (CelException error)
            {
                var shown = JsonValue.Create(rule.Text("rule") ?? "").ToJsonString();
                Errors.Add(FieldError.Invalid(at, shown, $"compilation failed: {error.Message}"));
            }
        }
        schema.Rules = rules;
    }

    /// <summary>The rules of structural schemas: every place has one type, and says all of it.</summary>
    private void CheckStructure(Schema schema, JsonObject source, string path)
    {
        if (source.ContainsKey("$ref"))
        {
            Errors.Add(FieldError.Forbidden($"{path}.$ref", "$ref is not supported"));
        }
        if (schema.Type is null && !schema.IntOrString && !schema.PreserveUnknown)
        {
            Errors.Add(FieldError.Required($"{path}.type", "must not be empty for specified object fields"));
        }
        if (schema.Type is not (null or "object" or "array" or "string" or "integer" or "number" or "boolean"))
        {
            Errors.Add(
                FieldError.NotSupported(
                    $"{path}.type",
                    $"\"{schema.Type}\"",
                    ["\"array\"", "\"boolean\"", "\"integer\"", "\"number\"", "\"object\"", "\"string\""]
                )
            );
        }
        if (schema.Type == "array" && schema.Items is null)
        {
            Errors.Add(FieldError.Required($"{path}.items", "must be specified"));
        }
        if (source["properties"] is JsonObject { Count: > 0 } && source["additionalProperties"] is not null)
        {
            Errors.Add(
                FieldError.Forbidden(
                    $"{path}.additionalProperties",
                    "additionalProperties and properties are mutual exclusive"
                )
            );
        }
        if (schema.ListType is not (null or "atomic" or "set" or "map"))
        {
            Errors.Add(
                FieldError.NotSupported(
                    $"{path}.x-kubernetes-list-type",
                    $"\"{schema.ListType}\"",
                    ["\"atomic\"", "\"map\"", "\"set\""]
                )
            );
        }
        if (schema.ListType == "map" && schema.ListKeys.Count == 0)
        {
            Errors.Add(
                FieldError.Required(
                    $"{path}.x-kubernetes-list-map-keys",
                    "must not be empty if x-kubernetes-list-type is map"
                )
            );
        }
        foreach (var key in schema.ListKeys.Where(key => schema.Items?.Properties.ContainsKey(key) != true))
        {
            Errors.Add(
                FieldError.Invalid(
                    $"{path}.x-kubernetes-list-map-keys",
                    $"\"{key}\"",
                    "must name a property of the items"
                )
            );
        }
    }

    private void CheckDefault(Schema schema, string path)
    {
        if (schema.Default is not { } given)
        {
            return;
        }
        var unknown = new List<string>();
        SchemaPruning.Prune(given, schema, $"{path}.default", unknown);
        Errors.AddRange(unknown.Select(at => FieldError.Invalid(at, "\"\"", "must not have unknown fields")));
        SchemaDefaults.Apply(given, schema);
        var validation = new SchemaValidation();
        validation.Check(given, schema, $"{path}.default");
        Errors.AddRange(validation.Errors);
    }

    private static double? Number(JsonObject source, string name) =>
        source[name] is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.Number
            ? value.Whole() ?? value.GetValue<double>()
            : null;
}
