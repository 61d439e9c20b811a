using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What hangs below an object beside its status: scale, binding, eviction, finalize, logs and exec.</summary>
internal sealed class Subresources(ObjectVerbs verbs, KubeletProxy kubelets)
{
    public Task AnswerAsync(HttpContext context, Resource resource, ApiPath path) =>
        (resource.StorageKind, path.Subresource) switch
        {
            (_, "scale") when resource.Scale is { } scale => new ScaleRequest(verbs, resource, scale).AnswerAsync(
                context,
                path
            ),
            ("pods", "binding") => BindAsync(context, resource, path),
            ("pods", "eviction") => EvictAsync(context, resource, path),
            ("pods", "ephemeralcontainers" or "resize") => throw new ApiError(
                501,
                "NotImplemented",
                $"pods/{path.Subresource} is not served by this cluster"
            ),
            ("namespaces", "finalize") => FinalizeAsync(context, resource, path),
            ("pods", "log" or "exec" or "attach" or "portforward") => kubelets.AnswerAsync(
                context,
                verbs.Get(resource, new ObjectKey(path.Namespace, path.Name)),
                path.Subresource
            ),
            _ => throw ApiError.NoSuchPath(),
        };

    /// <summary>The scheduler's word: binds a pod to a node, once.</summary>
    private async Task BindAsync(HttpContext context, Resource resource, ApiPath path)
    {
        Require(context, HttpMethods.Post);
        var body = await RequestBody.ReadAsync(context);
        var node = body.Object.Text("target", "name");
        if (string.IsNullOrEmpty(node) || body.Object.Text("target", "kind") is not ("" or null or "Node"))
        {
            throw ApiError.Invalid(resource, path.Name, [FieldError.Required("target.name")]);
        }
        await verbs.UpdateAsync(
            resource,
            new ObjectKey(path.Namespace, path.Name),
            WritePart.Whole,
            pod => Bound(resource, pod, node, body.Object),
            new RequestQuery(context.Request.Query).WriteOptions(body.Duplicates),
            context.RequestAborted
        );
        await SucceedAsync(context, 201);
    }

    private JsonObject Bound(Resource resource, JsonObject pod, string node, JsonObject binding)
    {
        var name = pod.Text("metadata", "name") ?? "";
        if (pod.Text("metadata", "deletionTimestamp") is not null)
        {
            throw ApiError.Conflict(resource, name, $"pod {name} is being deleted, cannot be assigned to a host");
        }
        if (pod.Text("spec", "nodeName") is { Length: > 0 } host)
        {
            throw ApiError.Conflict(resource, name, $"pod {name} is already assigned to node \"{host}\"");
        }
        pod.Ensure("spec")["nodeName"] = node;
        foreach (var (key, value) in binding.At("metadata", "annotations") as JsonObject ?? [])
        {
            pod.Ensure("metadata", "annotations")[key] = value?.DeepClone();
        }
        var kept = pod.Items("status", "conditions").Where(c => c.Text("type") != "PodScheduled");
        pod.Ensure("status")["conditions"] = new JsonArray([
            .. kept.Select(c => c.DeepClone()),
            new JsonObject
            {
                ["type"] = "PodScheduled",
                ["status"] = "True",
                ["lastProbeTime"] = null,
                ["lastTransitionTime"] = verbs.Time.GetUtcNow().Shown(),
            },
        ]);
        return pod;
    }

    private async Task EvictAsync(HttpContext context, Resource resource, ApiPath path)
    {
        Require(context, HttpMethods.Post);
        var body = await RequestBody.ReadAsync(context);
        var options = DeletionBody.Read(body.Object["deleteOptions"], new RequestQuery(context.Request.Query));
        await verbs.DeleteAsync(resource, new ObjectKey(path.Namespace, path.Name), options, context.RequestAborted);
        await SucceedAsync(context, 201);
    }

    /// <summary>The namespace's content is gone: its finalizers go.</summary>
    private async Task FinalizeAsync(HttpContext context, Resource resource, ApiPath path)
    {
        Require(context, HttpMethods.Put);
        var body = await RequestBody.ReadAsync(context);
        var updated = await verbs.UpdateAsync(
            resource,
            new ObjectKey("", path.Name),
            WritePart.Whole,
            item =>
            {
                var finalizers = body.Object.Texts("spec", "finalizers").Select(f => (JsonNode)f);
                item.Ensure("spec")["finalizers"] = new JsonArray([.. finalizers]);
                return item;
            },
            WriteOptions.Plain,
            context.RequestAborted
        );
        await Answer.BytesAsync(context, updated.Json);
    }

    private static void Require(HttpContext context, string method)
    {
        if (!HttpMethods.Equals(context.Request.Method, method))
        {
            throw ApiError.MethodNotAllowed(context.Request.Method);
        }
    }

    private static Task SucceedAsync(HttpContext context, int code) =>
        Answer.JsonAsync(
            context,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Success",
                ["code"] = code,
            },
            code
        );
}
