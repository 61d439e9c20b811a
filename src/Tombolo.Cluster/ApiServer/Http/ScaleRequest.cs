using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The scale subresource: a kind's replicas under one common shape (autoscaling/v1 Scale).</summary>
internal sealed class ScaleRequest(ObjectVerbs verbs, Resource resource, ScalePaths paths)
{
    public async Task AnswerAsync(HttpContext context, ApiPath path)
    {
        var key = new ObjectKey(path.Namespace, path.Name);
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method))
        {
            await Answer.JsonAsync(context, Scale(Shapes.FromStored(resource, verbs.Get(resource, key))));
            return;
        }
        if (!HttpMethods.IsPut(method) && !HttpMethods.IsPatch(method))
        {
            throw ApiError.MethodNotAllowed(method);
        }
        var type = RequestBody.MediaType(context);
        var body = await RequestBody.ReadAsync(context);
        var updated = await verbs.UpdateAsync(
            resource,
            key,
            WritePart.Main,
            item => Set(item, Wanted(item, path.Name, HttpMethods.IsPatch(method), type, body), path.Name),
            new RequestQuery(context.Request.Query).WriteOptions(body.Duplicates),
            context.RequestAborted
        );
        await Answer.JsonAsync(context, Scale(Shapes.FromStored(resource, updated)));
    }

    private JsonObject Wanted(JsonObject item, string name, bool patch, string type, RequestBody body)
    {
        if (!patch)
        {
            return body.Object;
        }
        var merge = type == "application/strategic-merge-patch+json" ? "application/merge-patch+json" : type;
        return Patch.Apply(resource, name, merge, Scale(item), body.Content);
    }

    private JsonObject Set(JsonObject item, JsonObject scale, string name)
    {
        var replicas = scale.Whole("spec", "replicas") ?? 0;
        if (replicas < 0)
        {
            throw ApiError.Invalid(
                resource,
                name,
                [FieldError.Invalid("spec.replicas", $"{replicas}", "must be greater than or equal to 0")]
            );
        }
        var version = scale.Text("metadata", "resourceVersion");
        if (!string.IsNullOrEmpty(version))
        {
            item.Metadata()["resourceVersion"] = version;
        }
        item.Ensure(paths.SpecReplicas.AsSpan(0, paths.SpecReplicas.Length - 1))[paths.SpecReplicas[^1]] = replicas;
        return item;
    }

    private JsonObject Scale(JsonObject item)
    {
        var metadata = new JsonObject();
        foreach (var field in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            if (item.At("metadata", field) is { } value)
            {
                metadata[field] = value.DeepClone();
            }
        }
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = item.Whole(paths.SpecReplicas) ?? 0 },
            ["status"] = new JsonObject
            {
                ["replicas"] = item.Whole(paths.StatusReplicas) ?? 0,
                ["selector"] = Selector(paths.Selector is null ? null : item.At(paths.Selector)),
            },
        };
    }

    private static string Selector(JsonNode? selector) =>
        selector switch
        {
            JsonValue => selector.Text() ?? "", // a CRD keeps it as text
            JsonObject item => BuiltInColumns.Selector(System.Text.Json.JsonElement.Parse(item.ToJsonString()))
                is var text
                    and not "<none>"
                ? text
                : "",
            _ => "",
        };
}
