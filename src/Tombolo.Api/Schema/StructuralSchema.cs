using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace Tombolo.Api.Schema;

/// <summary>
/// A structural schema (OpenAPI v3 as CRDs allow it) from C# types: records are objects, <see cref="DescriptionAttribute"/>
/// is what <c>kubectl explain</c> shows, nullable is optional.
/// </summary>
internal static class StructuralSchema
{
    public static JsonObject OfKind(Type type)
    {
        var schema = OfObject(type, skip: ["apiVersion", "kind", "metadata"]);
        var properties = schema["properties"]!.AsObject();
        properties["apiVersion"] = new JsonObject { ["type"] = "string" };
        properties["kind"] = new JsonObject { ["type"] = "string" };
        properties["metadata"] = new JsonObject { ["type"] = "object" };
        return schema;
    }

    private static JsonObject OfObject(Type type, params string[] skip)
    {
        var schema = new JsonObject { ["type"] = "object" };
        Describe(schema, type);
        var properties = new JsonObject();
        var required = new JsonArray();
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (skip.Contains(name) || property.GetMethod is null || property.SetMethod is null)
            {
                continue;
            }
            properties[name] = OfProperty(property);
            if (property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null)
            {
                required.Add(name);
            }
        }
        schema["properties"] = properties;
        if (required.Count > 0)
        {
            schema["required"] = required;
        }
        return schema;
    }

    private static JsonObject OfProperty(PropertyInfo property)
    {
        var limits = property.GetCustomAttribute<LimitsAttribute>();
        var schema = limits is { Open: true }
            ? new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true }
            : OfType(property.PropertyType);
        Describe(schema, property);
        if (limits is null)
        {
            return schema;
        }
        // On a list, what limits a value limits its items.
        var value = schema["items"] as JsonObject ?? schema;
        Set(value, "minimum", limits.Minimum, long.MinValue);
        Set(value, "maximum", limits.Maximum, long.MaxValue);
        Set(value, "maxLength", limits.MaxLength, -1);
        Set(schema, "maxItems", limits.MaxItems, -1);
        if (limits.Pattern is not null)
        {
            value["pattern"] = limits.Pattern;
        }
        if (limits.Default is not null)
        {
            schema["default"] = JsonNode.Parse(limits.Default);
        }
        if (limits.MapKeys is not null)
        {
            schema["x-kubernetes-list-type"] = "map";
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. limits.MapKeys.Select(key => (JsonNode)key)]);
        }
        return schema;
    }

    private static void Set(JsonObject schema, string keyword, long value, long unset)
    {
        if (value != unset)
        {
            schema[keyword] = value;
        }
    }

    private static JsonObject OfType(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
        {
            return new JsonObject { ["type"] = "string" };
        }
        if (type == typeof(bool))
        {
            return new JsonObject { ["type"] = "boolean" };
        }
        if (type == typeof(int) || type == typeof(long))
        {
            return new JsonObject { ["type"] = "integer", ["format"] = type == typeof(int) ? "int32" : "int64" };
        }
        if (type == typeof(DateTime))
        {
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        }
        if (type.IsEnum)
        {
            return new JsonObject
            {
                ["type"] = "string",
                ["enum"] = new JsonArray([.. Words.Of(type).Select(word => (JsonNode)word)]),
            };
        }
        if (typeof(IDictionary<string, string>).IsAssignableFrom(type))
        {
            return new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = new JsonObject { ["type"] = "string" },
            };
        }
        if (type == typeof(V1Condition))
        {
            return Condition();
        }
        return ItemOf(type) is { } item
            ? new JsonObject { ["type"] = "array", ["items"] = OfType(item) }
            : OfObject(type);
    }

    private static Type? ItemOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
            ? type.GetGenericArguments()[0]
            : null;

    // metav1.Condition, whose fields the package's class knows by other attributes than ours.
    private static JsonObject Condition()
    {
        var properties = new JsonObject();
        foreach (var name in (string[])["type", "status", "reason", "message"])
        {
            properties[name] = new JsonObject { ["type"] = "string" };
        }
        properties["lastTransitionTime"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        properties["observedGeneration"] = new JsonObject { ["type"] = "integer", ["format"] = "int64" };
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray("type", "status", "reason", "message", "lastTransitionTime"),
        };
    }

    private static void Describe(JsonObject schema, MemberInfo member)
    {
        if (member.GetCustomAttribute<DescriptionAttribute>() is { } description)
        {
            schema["description"] = description.Description;
        }
        var rules = member.GetCustomAttributes<RuleAttribute>().ToList();
        if (rules.Count > 0)
        {
            var list = schema["x-kubernetes-validations"] as JsonArray ?? [];
            foreach (var rule in rules)
            {
                list.Add((JsonNode)new JsonObject { ["rule"] = rule.Rule, ["message"] = rule.Message });
            }
            schema["x-kubernetes-validations"] = list;
        }
    }
}
