using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// Schemas of the built-in kinds, read from the client package's model types. What the types do not say (required
/// references, enumerations, defaults, merge keys) comes from <see cref="ModelNotes"/>.
/// </summary>
internal sealed partial class ModelSchemas
{
    private readonly Dictionary<Type, Schema> known = [];

    /// <summary>Model types that were read, for their descriptions.</summary>
    public IReadOnlyDictionary<Type, Schema> Known => known;

    public Schema Of(Type model)
    {
        if (known.TryGetValue(model, out var schema))
        {
            return schema;
        }
        known[model] = schema = new Schema { Type = "object", Name = OpenApiName(model) };
        if (model == typeof(V1JSONSchemaProps))
        {
            schema.PreserveUnknown = true; // x-kubernetes-* have no properties of their own here
        }
        foreach (var property in model.GetProperties())
        {
            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name;
            if (name is null)
            {
                continue;
            }
            var type = property.PropertyType;
            var inner = Property(type);
            if (type.IsValueType && Nullable.GetUnderlyingType(type) is null)
            {
                schema.Required.Add(name);
            }
            ModelNotes.Apply(model.Name, name, schema, inner);
            schema.Properties[name] = inner;
        }
        return schema;
    }

    private Schema Property(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>))
        {
            return new Schema { Type = "object", Values = Property(type.GetGenericArguments()[1]) };
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>))
        {
            return new Schema { Type = "array", Items = Property(type.GetGenericArguments()[0]) };
        }
        return Scalar(type) ?? Reference(Of(type));
    }

    private static Schema? Scalar(Type type)
    {
        if (type == typeof(IntOrString))
        {
            return new Schema { IntOrString = true, Format = "int-or-string" };
        }
        if (type == typeof(ResourceQuantity))
        {
            return new Schema { IntOrString = true, Format = "quantity" };
        }
        return type switch
        {
            _ when type == typeof(string) => new Schema { Type = "string" },
            _ when type == typeof(bool) => new Schema { Type = "boolean" },
            _ when type == typeof(int) => new Schema { Type = "integer", Format = "int32" },
            _ when type == typeof(long) => new Schema { Type = "integer", Format = "int64" },
            _ when type == typeof(double) => new Schema { Type = "number", Format = "double" },
            _ when type == typeof(DateTime) => new Schema { Type = "string", Format = "date-time" },
            _ when type == typeof(byte[]) => new Schema { Type = "string", Format = "byte" },
            _ when type == typeof(object) => new Schema { PreserveUnknown = true },
            _ => null,
        };
    }

    /// <summary>A place of its own for what notes say of one property, sharing the type's content.</summary>
    private static Schema Reference(Schema target) => new() { Type = "object", Reference = target };

    /// <summary><c>V1PodSpec</c> → <c>io.k8s.api.core.v1.PodSpec</c>: explain shows what follows the last dot.</summary>
    private static string OpenApiName(Type model)
    {
        var parts = ModelName().Match(model.Name);
        var (group, version, name) = parts.Success
            ? (
                parts.Groups[1].Value.ToLowerInvariant(),
                parts.Groups[2].Value.ToLowerInvariant(),
                parts.Groups[3].Value
            )
            : ("", "v1", model.Name);
        return $"io.k8s.api.{(group.Length == 0 ? "core" : group)}.{version}.{name}";
    }

    [GeneratedRegex("^([A-Z][a-z]*?)?([Vv][0-9]+(?:(?:alpha|beta)[0-9]+)?)([A-Z].*)$")]
    private static partial Regex ModelName();
}
