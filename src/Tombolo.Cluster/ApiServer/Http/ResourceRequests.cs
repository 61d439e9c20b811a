using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Answers requests for one resource: reads the wire, calls the verb, writes the result.</summary>
internal sealed class ResourceRequests(
    ObjectVerbs verbs,
    Authentication authentication,
    ListRequests lists,
    WatchRequests watches,
    Subresources subresources
)
{
    public async Task AnswerAsync(HttpContext context, Resource resource, ApiPath path, User user)
    {
        if (resource.Deprecation is { } deprecation)
        {
            Answer.Warn(context, [deprecation]);
        }
        if (resource.Review is { } review)
        {
            await ReviewAsync(context, resource, path, user, review);
            return;
        }
        if (path.Subresource is not ("" or "status"))
        {
            await subresources.AnswerAsync(context, resource, path);
            return;
        }
        if (path.Subresource == "status" && !resource.HasStatus)
        {
            throw ApiError.NoSuchPath();
        }
        var query = new RequestQuery(context.Request.Query);
        var method = context.Request.Method;
        var collection = path.Name.Length == 0;
        if (HttpMethods.IsGet(method) && query.Truth("watch"))
        {
            await watches.AnswerAsync(context, resource, path, query);
        }
        else if (HttpMethods.IsGet(method) && collection)
        {
            await lists.AnswerAsync(context, resource, path, query);
        }
        else if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method))
        {
            await WriteAsync(context, resource, verbs.Get(resource, new ObjectKey(path.Namespace, path.Name)));
        }
        else if (HttpMethods.IsPost(method) && collection)
        {
            await CreateAsync(context, resource, path, query);
        }
        else if (HttpMethods.IsPut(method) && !collection)
        {
            await UpdateAsync(context, resource, path, query);
        }
        else if (HttpMethods.IsPatch(method) && !collection)
        {
            await PatchAsync(context, resource, path, query);
        }
        else if (HttpMethods.IsDelete(method) && path.Subresource.Length == 0)
        {
            await DeleteAsync(context, resource, path, query);
        }
        else
        {
            throw ApiError.MethodNotAllowed(method);
        }
    }

    private async Task ReviewAsync(
        HttpContext context,
        Resource resource,
        ApiPath path,
        User user,
        Func<ReviewRequest, JsonObject> review
    )
    {
        if (!HttpMethods.IsPost(context.Request.Method) || path.Name.Length > 0)
        {
            throw ApiError.MethodNotAllowed(context.Request.Method);
        }
        var body = (await RequestBody.ReadAsync(context)).Object;
        (body["apiVersion"], body["kind"]) = (resource.ApiVersion, resource.Kind);
        await Answer.JsonAsync(context, review(new ReviewRequest(body, path.Namespace, user, authentication)), 201);
    }

    private async Task CreateAsync(HttpContext context, Resource resource, ApiPath path, RequestQuery query)
    {
        if (resource.Namespaced && path.Namespace.Length == 0)
        {
            throw ApiError.MethodNotAllowed("POST outside a namespace");
        }
        var body = await RequestBody.ReadAsync(context);
        var options = query.WriteOptions(
            body.Duplicates,
            context.Request.Headers.UserAgent.ToString(),
            path.Subresource
        );
        var created = await verbs.CreateAsync(resource, path.Namespace, body.Object, options, context.RequestAborted);
        await WriteAsync(context, resource, created, 201, options);
    }

    private async Task UpdateAsync(HttpContext context, Resource resource, ApiPath path, RequestQuery query)
    {
        var body = await RequestBody.ReadAsync(context);
        var options = query.WriteOptions(
            body.Duplicates,
            context.Request.Headers.UserAgent.ToString(),
            path.Subresource
        );
        var updated = await verbs.UpdateAsync(
            resource,
            new ObjectKey(path.Namespace, path.Name),
            Part(path),
            _ => (JsonObject)body.Object.DeepClone(),
            options,
            context.RequestAborted
        );
        await WriteAsync(context, resource, updated, 200, options);
    }

    private async Task PatchAsync(HttpContext context, Resource resource, ApiPath path, RequestQuery query)
    {
        var type = RequestBody.MediaType(context);
        var body = await RequestBody.ReadAsync(context);
        var options = query.WriteOptions(
            body.Duplicates,
            context.Request.Headers.UserAgent.ToString(),
            path.Subresource
        );
        if (type == ApplyRequest.MediaType)
        {
            var (applied, code) = await new ApplyRequest(verbs, resource, path, query).RunAsync(
                body.Object,
                options,
                context.RequestAborted
            );
            await WriteAsync(context, resource, applied, code, options);
            return;
        }
        var updated = await verbs.UpdateAsync(
            resource,
            new ObjectKey(path.Namespace, path.Name),
            Part(path),
            current => Patch.Apply(resource, path.Name, type, current, body.Content),
            options,
            context.RequestAborted
        );
        await WriteAsync(context, resource, updated, 200, options);
    }

    private async Task DeleteAsync(HttpContext context, Resource resource, ApiPath path, RequestQuery query)
    {
        var options = DeletionBody.Read((await RequestBody.ReadIfAnyAsync(context))?.Content, query);
        if (path.Name.Length == 0)
        {
            await DeleteCollectionAsync(context, resource, path, query, options);
            return;
        }
        var key = new ObjectKey(path.Namespace, path.Name);
        var (deleted, gone) = await verbs.DeleteAsync(resource, key, options, context.RequestAborted);
        // A pod is shown as it was; of all else that is gone only a Status remains.
        if (!gone || resource.StorageKind == "pods")
        {
            await WriteAsync(context, resource, deleted);
            return;
        }
        var details = new JsonObject
        {
            ["name"] = path.Name,
            ["kind"] = resource.Plural,
            ["uid"] = deleted.Uid,
        };
        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }
        await Answer.JsonAsync(
            context,
            new JsonObject
            {
                ["kind"] = "Status",
                ["apiVersion"] = "v1",
                ["metadata"] = new JsonObject(),
                ["status"] = "Success",
                ["details"] = details,
            }
        );
    }

    private async Task DeleteCollectionAsync(
        HttpContext context,
        Resource resource,
        ApiPath path,
        RequestQuery query,
        DeleteOptions options
    )
    {
        var selected = query.Selection(resource, path.Namespace, "");
        var snapshot = verbs.Store.Snapshot(resource.StorageKind);
        var found = snapshot.Objects.Values.Where(selected).ToList();
        await Task.WhenAll(found.Select(item => DeleteIfThereAsync(resource, item.Key, options, context)));
        await lists.WriteAsync(context, resource, found, snapshot.Revision);
    }

    private async Task DeleteIfThereAsync(Resource resource, ObjectKey key, DeleteOptions options, HttpContext context)
    {
        try
        {
            await verbs.DeleteAsync(resource, key, options, context.RequestAborted);
        }
        catch (ApiError error) when (error.Code == 404)
        {
            // Somebody else was faster.
        }
    }

    private Task WriteAsync(
        HttpContext context,
        Resource resource,
        StoredObject item,
        int code = 200,
        WriteOptions? options = null
    )
    {
        Answer.Warn(context, options?.Warnings ?? []);
        var form = Representation.Read(context.Request.Headers.Accept);
        var now = verbs.Time.GetUtcNow();
        return form.Form switch
        {
            RepresentationForm.Table => Answer.JsonAsync(
                context,
                Table.Of(resource, [item], form, Table.Include(context), now, $"{item.Revision}"),
                code
            ),
            RepresentationForm.Partial => Answer.JsonAsync(context, PartialObject.Of(item, form), code),
            _ => Answer.BytesAsync(context, Shapes.Json(resource, item), code),
        };
    }

    internal static WritePart Part(ApiPath path) => path.Subresource == "status" ? WritePart.Status : WritePart.Main;
}
