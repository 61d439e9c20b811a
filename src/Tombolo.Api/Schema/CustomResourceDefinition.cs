using System.Reflection;
using System.Text.Json.Nodes;
using k8s;

namespace Tombolo.Api.Schema;

/// <summary>The CRD of one of our kinds, made from its C# type and the attributes on it.</summary>
public static class CustomResourceDefinition
{
    /// <summary>Every kind of the group, in the order of the alphabet.</summary>
    public static IReadOnlyList<Type> Kinds { get; } =
        typeof(CustomResourceDefinition)
            .Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<KindAttribute>() is not null)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .ToList();

    /// <summary>The CRD as an object of <c>apiextensions.k8s.io/v1</c>.</summary>
    public static JsonObject Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var kind =
            type.GetCustomAttribute<KindAttribute>()
            ?? throw new ArgumentException($"{type.Name} has no [Kind]", nameof(type));
        var schema = StructuralSchema.OfKind(type);
        var version = new JsonObject
        {
            ["name"] = Names.Version,
            ["served"] = true,
            ["storage"] = true,
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = schema },
            ["additionalPrinterColumns"] = Columns(type),
        };
        if (schema["properties"]!["status"] is not null)
        {
            version["subresources"] = new JsonObject { ["status"] = new JsonObject() };
        }
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{kind.Plural}.{Names.Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = Names.Group,
                ["scope"] = kind.ClusterScoped ? "Cluster" : "Namespaced",
                ["names"] = new JsonObject
                {
                    ["kind"] = type.Name,
                    ["listKind"] = type.Name + "List",
                    ["plural"] = kind.Plural,
                    ["singular"] = type.Name.ToLowerInvariant(),
                    ["shortNames"] = new JsonArray(kind.ShortName),
                    ["categories"] = new JsonArray("net"),
                },
                ["versions"] = new JsonArray(version),
            },
        };
    }

    private static JsonArray Columns(Type type)
    {
        var columns = type.GetCustomAttributes<ColumnAttribute>()
            .Append(new ColumnAttribute("Age", ".metadata.creationTimestamp", "date"));
        var list = new JsonArray();
        foreach (var column in columns)
        {
            var entry = new JsonObject
            {
                ["name"] = column.Name,
                ["type"] = column.Type,
                ["jsonPath"] = column.JsonPath,
            };
            if (column.Priority > 0)
            {
                entry["priority"] = column.Priority;
            }
            list.Add((JsonNode)entry);
        }
        return list;
    }
}
