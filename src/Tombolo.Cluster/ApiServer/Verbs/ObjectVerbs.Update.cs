using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Which part of an object a write may change.</summary>
internal enum WritePart
{
    Main,
    Status,

    /// <summary>Everything, by the server's own hand: bindings, namespaces' finalizers, collection.</summary>
    Whole,
}

internal sealed partial class ObjectVerbs
{
    /// <summary>
    /// Changes an object on whatever version is current: if another write wins, the change is computed again. A
    /// resourceVersion in the changed object pins it to that version instead.
    /// </summary>
    /// <param name="change">Gives the new object from a copy of the current one, in the resource's shape.</param>
    /// <exception cref="ApiError">404, 409, 422 and what the change throws.</exception>
    public async Task<StoredObject> UpdateAsync(
        Resource resource,
        ObjectKey key,
        WritePart part,
        Func<JsonObject, JsonObject> change,
        WriteOptions options,
        CancellationToken cancel
    )
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var current = Get(resource, key);
            var old = Shapes.FromStored(resource, current);
            var item = change((JsonObject)old.DeepClone());
            CheckKind(resource, item);
            CheckNamespace(resource, key.Namespace, item);
            CheckPins(resource, key, item, old);
            Merge(resource, part, item, old);
            if (part != WritePart.Whole)
            {
                Admission.Admit(resource, item, old, options);
            }
            TrackFields(resource, part, item, old, options);
            CountGeneration(resource, item, old);
            var stored = Shapes.ToStored(resource, item);
            var before = current.Copy();
            if (JsonNode.DeepEquals(stored, before))
            {
                return current;
            }
            if (options.DryRun)
            {
                return new StoredObject(resource.StorageKind, key, current.Revision, JsonText.Write(stored));
            }
            var gone = stored.Text("metadata", "deletionTimestamp") is not null && !IsHeld(stored);
            var write = new Write(resource.StorageKind, key, current.Revision, stored, gone);
            var result = await store.WriteAsync(write, cancel);
            if (result is { Outcome: WriteOutcome.Committed, Object: { } committed })
            {
                return committed;
            }
        }
        throw ApiError.Modified(resource, key.Name);
    }

    private void TrackFields(Resource resource, WritePart part, JsonObject item, JsonObject old, WriteOptions options)
    {
        if (options.Applied is { } applied)
        {
            applied.WriteTo(item);
        }
        else if (part != WritePart.Whole && ManagedFields.Of(old) is { IsEmpty: false } managed)
        {
            managed.Update(resource, item, old, ManagerOf(options));
            managed.WriteTo(item);
        }
    }

    public FieldManager ManagerOf(WriteOptions options) =>
        new(options.FieldManager, options.Subresource, time.GetUtcNow());

    /// <summary>True while something keeps a deleted object: finalizers, or a grace period that a kubelet ends.</summary>
    internal static bool IsHeld(JsonObject item)
    {
        var metadata = item.Metadata();
        return metadata.Texts("finalizers").Any()
            || metadata.Whole("deletionGracePeriodSeconds") is > 0
            || (item.Text("kind") == "Namespace" && item.Texts("spec", "finalizers").Any());
    }

    private static void CheckPins(Resource resource, ObjectKey key, JsonObject item, JsonObject old)
    {
        var metadata = item.Metadata();
        if (metadata.Text("name") is { Length: > 0 } name && name != key.Name)
        {
            throw ApiError.BadRequest(
                $"the name of the object ({name}) does not match the name on the URL ({key.Name})"
            );
        }
        var version = metadata.Text("resourceVersion");
        if (string.IsNullOrEmpty(version) && resource.Custom)
        {
            throw ApiError.Invalid(
                resource,
                key.Name,
                [FieldError.Invalid("metadata.resourceVersion", "0", "must be specified for an update")]
            );
        }
        if (!string.IsNullOrEmpty(version) && version != old.Text("metadata", "resourceVersion"))
        {
            throw ApiError.Modified(resource, key.Name);
        }
        var uid = metadata.Text("uid");
        if (!string.IsNullOrEmpty(uid) && uid != old.Text("metadata", "uid"))
        {
            throw ApiError.Conflict(
                resource,
                key.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Text("metadata", "uid")}"
            );
        }
    }

    /// <summary>Puts back what this part of the object may not change.</summary>
    private static void Merge(Resource resource, WritePart part, JsonObject item, JsonObject old)
    {
        if (part == WritePart.Status)
        {
            var (status, metadata) = (item["status"], item["metadata"]);
            item.Clear();
            foreach (var (name, value) in old)
            {
                item[name] = value?.DeepClone();
            }
            item["status"] = status;
            if (status is null)
            {
                item.Remove("status");
            }
            if (!resource.Custom) // kubelets keep labels and annotations of nodes and pods this way
            {
                item["metadata"] = metadata;
            }
        }
        else if (part == WritePart.Main && resource.HasStatus)
        {
            item.Remove("status");
            if (old["status"] is { } kept)
            {
                item["status"] = kept.DeepClone();
            }
        }
        KeepMetadata(item.Metadata(), old.Metadata(), part);
    }

    private static readonly string[] KeptFields =
    [
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "generation",
        "managedFields",
        "selfLink",
    ];

    private static readonly string[] DeletionFields = ["deletionTimestamp", "deletionGracePeriodSeconds"];

    private static void KeepMetadata(JsonObject metadata, JsonObject old, WritePart part)
    {
        foreach (var field in part == WritePart.Whole ? KeptFields : KeptFields.Concat(DeletionFields))
        {
            metadata.Remove(field);
            if (old[field] is { } value)
            {
                metadata[field] = value.DeepClone();
            }
        }
    }

    private static void CountGeneration(Resource resource, JsonObject item, JsonObject old)
    {
        if (!resource.Rules.Generation && !resource.Custom)
        {
            return;
        }
        if (!JsonNode.DeepEquals(Desired(resource, item), Desired(resource, old)))
        {
            item.Metadata()["generation"] = (old.Whole("metadata", "generation") ?? 0) + 1;
        }
    }

    private static JsonObject Desired(Resource resource, JsonObject item)
    {
        var desired = (JsonObject)item.DeepClone();
        var deleted = desired.Text("metadata", "deletionTimestamp");
        desired.Remove("metadata");
        if (resource.HasStatus)
        {
            desired.Remove("status");
        }
        desired["deletionTimestamp"] = deleted; // the wish to be gone counts as a wish
        return desired;
    }
}
