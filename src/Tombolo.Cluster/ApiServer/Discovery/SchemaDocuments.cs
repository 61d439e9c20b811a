using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Writes schemas as OpenAPI components; those of model types are named and refer to one another.</summary>
internal sealed class SchemaDocuments
{
    public JsonObject Made { get; } = [];

    public static JsonObject Gvk(Resource kind, string? name = null) =>
        new()
        {
            ["group"] = kind.Group,
            ["version"] = kind.Version,
            ["kind"] = name ?? kind.Kind,
        };

    /// <summary>Where the kind's schema stands; it is written there if it is not yet.</summary>
    public JsonObject Reference(Resource kind)
    {
        var name = NameOf(kind);
        if (!Made.ContainsKey(name))
        {
            Made[name] = null; // holds the place: schemas refer to themselves
            var written = kind.Schema.Source is { } source ? Custom(kind, source) : Write(kind.Schema);
            written["x-kubernetes-group-version-kind"] = new JsonArray(Gvk(kind)); // a type may be of several kinds
            Made[name] = written;
        }
        return Ref(name);
    }

    public JsonObject ListReference(Resource kind)
    {
        var name = NameOf(kind) + "List";
        Made[name] ??= new JsonObject
        {
            ["type"] = "object",
            ["description"] = $"{kind.ListKind} is a list of {kind.Kind}",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                ["kind"] = new JsonObject { ["type"] = "string" },
                ["metadata"] = new JsonObject { ["type"] = "object" },
                ["items"] = new JsonObject { ["type"] = "array", ["items"] = Reference(kind) },
            },
            ["x-kubernetes-group-version-kind"] = new JsonArray(Gvk(kind, kind.ListKind)),
        };
        return Ref(name);
    }

    private static string NameOf(Resource kind) =>
        kind.Schema.Name ?? string.Join('.', kind.Group.Split('.').Reverse().Append(kind.Version).Append(kind.Kind));

    private static JsonObject Ref(string name) => new() { ["$ref"] = "#/components/schemas/" + name };

    /// <summary>The CRD's own schema, with the metadata that all objects have described in it.</summary>
    private JsonObject Custom(Resource kind, JsonObject source)
    {
        var written = (JsonObject)source.DeepClone();
        var properties = written.Ensure("properties");
        if (kind.Schema.Properties.GetValueOrDefault("metadata")?.Reference is { } metadata)
        {
            properties["metadata"] = new JsonObject
            {
                ["allOf"] = new JsonArray(Named(metadata)),
                ["description"] = "Standard object's metadata.",
            };
        }
        return written;
    }

    private JsonObject Named(Schema schema)
    {
        var name = schema.Name!; // schemas of model types have names
        if (!Made.ContainsKey(name))
        {
            Made[name] = null;
            Made[name] = Write(schema);
        }
        return Ref(name);
    }

    /// <summary>A number or a text, under the names that explain shows.</summary>
    private JsonObject Either(bool quantity)
    {
        var name = "io.k8s.apimachinery.pkg." + (quantity ? "api.resource.Quantity" : "util.intstr.IntOrString");
        Made[name] ??= new JsonObject
        {
            ["oneOf"] = new JsonArray(
                new JsonObject { ["type"] = "string" },
                new JsonObject { ["type"] = quantity ? "number" : "integer" }
            ),
        };
        return Ref(name);
    }

    private JsonObject Write(Schema schema)
    {
        var written = new JsonObject();
        if (schema.Reference is { } target)
        {
            written["allOf"] = new JsonArray(Named(target));
        }
        else if (schema.IntOrString)
        {
            written["allOf"] = new JsonArray(Either(schema.Format == "quantity"));
        }
        else if (schema.Type is { } type)
        {
            written["type"] = type;
        }
        Set(written, "description", schema.Description);
        Set(written, "format", schema.IntOrString ? null : schema.Format);
        Set(written, "default", schema.Default?.DeepClone());
        Set(written, "enum", schema.Enum?.DeepClone());
        Set(written, "minimum", schema.Minimum);
        if (schema.Required.Count > 0)
        {
            written["required"] = Discovery.Texts(schema.Required);
        }
        if (schema.Properties.Count > 0)
        {
            written["properties"] = new JsonObject(
                schema.Properties.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Write(p.Value)))
            );
        }
        Set(written, "additionalProperties", schema.Values is { } values ? Write(values) : null);
        Set(written, "items", schema.Items is { } items ? Write(items) : null);
        WriteExtensions(written, schema);
        return written;
    }

    private static void WriteExtensions(JsonObject written, Schema schema)
    {
        Set(written, "x-kubernetes-preserve-unknown-fields", schema.PreserveUnknown ? true : null);
        Set(written, "x-kubernetes-list-type", schema.ListType);
        if (schema.ListKeys.Count > 0)
        {
            written["x-kubernetes-list-map-keys"] = Discovery.Texts(schema.ListKeys);
        }
        Set(written, "x-kubernetes-patch-merge-key", string.IsNullOrEmpty(schema.MergeKey) ? null : schema.MergeKey);
        Set(written, "x-kubernetes-patch-strategy", schema.PatchStrategy);
    }

    private static void Set(JsonObject written, string name, JsonNode? value)
    {
        if (value is not null)
        {
            written[name] = value;
        }
    }
}
