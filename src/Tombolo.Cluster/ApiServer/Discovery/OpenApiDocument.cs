using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The OpenAPI document of one group and version: its kinds' paths and all schemas they reach.</summary>
internal sealed class OpenApiDocument(IReadOnlyList<Resource> kinds)
{
    private readonly SchemaDocuments schemas = new();

    public JsonObject Make()
    {
        var paths = new JsonObject();
        foreach (var kind in kinds)
        {
            AddPaths(paths, kind);
        }
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.33.0" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.Made },
        };
    }

    private void AddPaths(JsonObject paths, Resource kind)
    {
        var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        var collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        var schema = schemas.Reference(kind);
        if (kind.Review is not null)
        {
            paths[collection] = new JsonObject { ["post"] = Operation(kind, "post", schema, body: true) };
            return;
        }
        paths[collection] = new JsonObject
        {
            ["get"] = Operation(kind, "list", schemas.ListReference(kind)),
            ["post"] = Operation(kind, "post", schema, body: true),
            ["delete"] = Operation(kind, "deletecollection", schema),
        };
        if (kind.Namespaced)
        {
            paths[$"{root}/{kind.Plural}"] = new JsonObject
            {
                ["get"] = Operation(kind, "list", schemas.ListReference(kind)),
            };
        }
        var item = new JsonObject
        {
            ["get"] = Operation(kind, "get", schema),
            ["put"] = Operation(kind, "put", schema, body: true),
            ["patch"] = Operation(kind, "patch", schema, body: true),
            ["delete"] = Operation(kind, "delete", schema),
        };
        paths[$"{collection}/{{name}}"] = item;
        if (kind.HasStatus)
        {
            paths[$"{collection}/{{name}}/status"] = new JsonObject
            {
                ["get"] = Operation(kind, "get", schema),
                ["put"] = Operation(kind, "put", schema, body: true),
                ["patch"] = Operation(kind, "patch", schema, body: true),
            };
        }
    }

    private static JsonObject Operation(Resource kind, string action, JsonObject schema, bool body = false)
    {
        var content = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema.DeepClone() } };
        var operation = new JsonObject
        {
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = SchemaDocuments.Gvk(kind),
            ["parameters"] = Parameters(action),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "OK", ["content"] = content.DeepClone() },
            },
        };
        if (action == "patch")
        {
            operation["requestBody"] = new JsonObject { ["content"] = PatchContent(kind) };
        }
        else if (body)
        {
            operation["requestBody"] = new JsonObject { ["content"] = content };
        }
        return operation;
    }

    private static JsonObject PatchContent(Resource kind)
    {
        var content = new JsonObject();
        string[] types =
        [
            "application/apply-patch+yaml",
            "application/json-patch+json",
            "application/merge-patch+json",
        ];
        foreach (var type in kind.Custom ? types : [.. types, "application/strategic-merge-patch+json"])
        {
            content[type] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } };
        }
        return content;
    }

    private static JsonArray Parameters(string action)
    {
        string[] names = action switch
        {
            "get" => ["pretty"],
            "list" =>
            [
                "allowWatchBookmarks",
                "continue",
                "fieldSelector",
                "labelSelector",
                "limit",
                "resourceVersion",
                "resourceVersionMatch",
                "sendInitialEvents",
                "timeoutSeconds",
                "watch",
            ],
            "delete" or "deletecollection" => ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"],
            _ => ["dryRun", "fieldManager", "fieldValidation"],
        };
        return new JsonArray([
            .. names.Select(name => new JsonObject
            {
                ["name"] = name,
                ["in"] = "query",
                ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
            }),
        ]);
    }
}
