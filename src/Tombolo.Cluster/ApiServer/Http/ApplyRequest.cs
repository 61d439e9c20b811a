using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Server-side apply: a PATCH that says what its sender wants to own.</summary>
internal sealed class ApplyRequest(ObjectVerbs verbs, Resource resource, ApiPath path, RequestQuery query)
{
    public const string MediaType = "application/apply-patch+yaml";

    /// <returns>The object, and 201 if it was made.</returns>
    /// <exception cref="ApiError">400, 409 and what update and create throw.</exception>
    public async Task<(StoredObject Object, int Code)> RunAsync(
        JsonObject applied,
        WriteOptions options,
        CancellationToken cancel
    )
    {
        Check(applied);
        var key = new ObjectKey(path.Namespace, path.Name);
        while (true)
        {
            try
            {
                if (path.Subresource.Length > 0 || verbs.Store.Find(resource.StorageKind, key) is not null)
                {
                    var part = ResourceRequests.Part(path);
                    return (
                        await verbs.UpdateAsync(
                            resource,
                            key,
                            part,
                            old => Apply(old, applied, options),
                            options,
                            cancel
                        ),
                        200
                    );
                }
                var item = Apply([], applied, options);
                item.Metadata()["name"] = path.Name;
                return (await verbs.CreateAsync(resource, path.Namespace, item, options, cancel), 201);
            }
            catch (ApiError error)
                when (path.Subresource.Length == 0 && error.Reason is "AlreadyExists" || Vanished(error))
            {
                // Made, or deleted, between the look and the write: look again.
            }
        }
    }

    private bool Vanished(ApiError error) =>
        path.Subresource.Length == 0
        && error.Reason == "NotFound"
        && error.Message.StartsWith(resource.Qualified + " ", StringComparison.Ordinal);

    private JsonObject Apply(JsonObject old, JsonObject applied, WriteOptions options)
    {
        var managed = ManagedFields.Of(old);
        var merged = managed.Apply(resource, old, applied, verbs.ManagerOf(options), query.Truth("force"));
        options.Applied = managed;
        return merged;
    }

    private void Check(JsonObject applied)
    {
        if (query.Text("fieldManager").Length == 0)
        {
            throw ApiError.BadRequest(
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch"
            );
        }
        if (applied.At("metadata", "managedFields") is not null)
        {
            throw ApiError.BadRequest("metadata.managedFields must be nil");
        }
        if (applied.Text("metadata", "name") is { Length: > 0 } name && name != path.Name)
        {
            throw ApiError.BadRequest(
                $"the name of the object ({name}) does not match the name on the URL ({path.Name})"
            );
        }
        if (applied.Text("kind") != resource.Kind || applied.Text("apiVersion") != resource.ApiVersion)
        {
            throw ApiError.BadRequest($"the applied object must be of {resource.ApiVersion}, Kind={resource.Kind}");
        }
    }
}
