using System.Globalization;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

internal sealed partial class ObjectVerbs
{
    public const string OrphanFinalizer = "orphan";
    public const string ForegroundFinalizer = "foregroundDeletion";

    /// <summary>Deletes an object, or begins to: finalizers, and a kubelet that must stop a pod, hold it.</summary>
    /// <returns>The object, and whether it is gone.</returns>
    /// <exception cref="ApiError">403, 404, 409.</exception>
    public async Task<(StoredObject Object, bool Gone)> DeleteAsync(
        Resource resource,
        ObjectKey key,
        DeleteOptions options,
        CancellationToken cancel
    )
    {
        if (resource.Rules.Undeletable?.Invoke(key.Name) is { } why)
        {
            throw ApiError.Forbidden(resource, key.Name, why);
        }
        for (var round = 0; round < MostRounds; round++)
        {
            var current = Get(resource, key);
            CheckPreconditions(resource, current, options);
            var item = current.Copy();
            BeginDeletion(resource, item, options);
            var gone = !IsHeld(item);
            if (!gone && JsonNode.DeepEquals(item, current.Copy()))
            {
                return (current, false);
            }
            if (options.DryRun)
            {
                var json = JsonText.Write(item);
                return (new StoredObject(resource.StorageKind, key, current.Revision, json), gone);
            }
            var write = new Write(resource.StorageKind, key, current.Revision, item, gone);
            var result = await store.WriteAsync(write, cancel);
            if (result is { Outcome: WriteOutcome.Committed, Object: { } committed })
            {
                return (committed, gone);
            }
        }
        throw ApiError.Modified(resource, key.Name);
    }

    private void BeginDeletion(Resource resource, JsonObject item, DeleteOptions options)
    {
        var metadata = item.Metadata();
        var finalizers = metadata.Texts("finalizers").ToList();
        var started = metadata.Text("deletionTimestamp") is not null;
        if (!started)
        {
            finalizers.AddRange((resource.Rules.OnDelete?.Invoke(item) ?? []).Except(finalizers));
        }
        SetPropagation(finalizers, options.Propagation);
        if (finalizers.Count > 0 || metadata["finalizers"] is not null)
        {
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(f => (JsonNode)f)]);
        }
        var grace = resource.Rules.GraceSeconds?.Invoke(item, options.GraceSeconds) ?? 0;
        var now = time.GetUtcNow();
        if (!started)
        {
            metadata["deletionTimestamp"] = now.AddSeconds(grace).Shown();
            metadata["deletionGracePeriodSeconds"] = grace;
            if (metadata.Whole("generation") is { } generation)
            {
                metadata["generation"] = generation + 1;
            }
        }
        else if (Sooner(metadata, grace, options.GraceSeconds, out var kept))
        {
            var asked = DateTimeOffset.Parse(metadata.Text("deletionTimestamp")!, CultureInfo.InvariantCulture); // started
            metadata["deletionTimestamp"] = asked.AddSeconds(grace - kept).Shown();
            metadata["deletionGracePeriodSeconds"] = grace;
        }
        if (resource.StorageKind == "namespaces")
        {
            item.Ensure("status")["phase"] = "Terminating";
        }
    }

    /// <summary>A second deletion may shorten the grace it is given, never lengthen it.</summary>
    private static bool Sooner(JsonObject metadata, long grace, long? asked, out long kept)
    {
        kept = metadata.Whole("deletionGracePeriodSeconds") ?? 0;
        return grace < kept && (asked is not null || grace == 0);
    }

    private static void SetPropagation(List<string> finalizers, string? propagation)
    {
        if (propagation is null)
        {
            return;
        }
        finalizers.RemoveAll(f => f is OrphanFinalizer or ForegroundFinalizer);
        if (propagation == "Orphan")
        {
            finalizers.Add(OrphanFinalizer);
        }
        else if (propagation == "Foreground")
        {
            finalizers.Add(ForegroundFinalizer);
        }
    }

    private static void CheckPreconditions(Resource resource, StoredObject current, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != current.Uid)
        {
            throw ApiError.Conflict(
                resource,
                current.Key.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Uid}"
            );
        }
        if (options.ResourceVersion is { } version && version != current.Revision.ToString())
        {
            throw ApiError.Conflict(
                resource,
                current.Key.Name,
                $"Precondition failed: ResourceVersion in precondition: {version}, ResourceVersion in object meta:"
                    + $" {current.Revision}"
            );
        }
    }
}
