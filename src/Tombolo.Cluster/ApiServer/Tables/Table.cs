using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>meta.k8s.io Tables, as kubectl shows them.</summary>
internal static class Table
{
    /// <summary>What goes with each row: None, Metadata or Object.</summary>
    public static string Include(HttpContext context) =>
        context.Request.Query["includeObject"].ToString() switch
        {
            "" => "Metadata",
            "None" or "Metadata" or "Object" => context.Request.Query["includeObject"].ToString(),
            var other => throw ApiError.BadRequest($"includeObject: Unsupported value: \"{other}\""),
        };

    public static JsonObject Of(
        Resource resource,
        IReadOnlyList<StoredObject> items,
        Representation form,
        string include,
        DateTimeOffset now,
        string version,
        bool columns = true
    ) =>
        new()
        {
            ["kind"] = "Table",
            ["apiVersion"] = form.ApiVersion,
            ["metadata"] = new JsonObject { ["resourceVersion"] = version },
            ["columnDefinitions"] = columns ? Definitions(resource) : null,
            ["rows"] = new JsonArray([.. items.Select(item => Row(resource, item, form, include, now))]),
        };

    private static JsonArray Definitions(Resource resource) =>
        new([
            .. resource.Columns.Select(column => new JsonObject
            {
                ["name"] = column.Name,
                ["type"] = column.Type,
                ["format"] = column.Format,
                ["description"] = column.Description,
                ["priority"] = column.Priority,
            }),
        ]);

    private static JsonObject Row(
        Resource resource,
        StoredObject item,
        Representation form,
        string include,
        DateTimeOffset now
    )
    {
        var row = new JsonObject
        {
            ["cells"] = new JsonArray([.. resource.Columns.Select(column => column.Cell(item.Element, now))]),
        };
        if (include == "Object")
        {
            row["object"] = Shapes.FromStored(resource, item);
        }
        else if (include == "Metadata")
        {
            row["object"] = PartialObject.Of(item, form);
        }
        return row;
    }
}
