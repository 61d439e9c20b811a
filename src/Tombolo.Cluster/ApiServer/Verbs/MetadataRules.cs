using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What every kind's metadata must look like.</summary>
internal static class MetadataRules
{
    // kube-apiserver's TotalAnnotationSizeLimitB.
    private const int MostAnnotationBytes = 256 * 1024;

    public static IEnumerable<FieldError> Validate(Resource resource, JsonObject item, JsonObject? old)
    {
        var metadata = item.Metadata();
        var name = metadata.Text("name") ?? "";
        if (old is null && Names.Problem(name, resource.Rules.Names) is { } problem)
        {
            yield return FieldError.Invalid("metadata.name", $"\"{name}\"", problem);
        }
        foreach (var (key, value) in metadata["labels"] as JsonObject ?? [])
        {
            if (Names.KeyProblem(key) is { } wrong)
            {
                yield return FieldError.Invalid("metadata.labels", $"\"{key}\"", wrong);
            }
            if (Names.ValueProblem(value.Text() ?? "") is { } bad)
            {
                yield return FieldError.Invalid("metadata.labels", $"\"{value.Text()}\"", bad);
            }
        }
        var annotations = metadata["annotations"] as JsonObject ?? [];
        foreach (var (key, _) in annotations)
        {
            if (Names.KeyProblem(key.ToLowerInvariant()) is { } wrong)
            {
                yield return FieldError.Invalid("metadata.annotations", $"\"{key}\"", wrong);
            }
        }
        if (
            annotations.Sum(annotation => annotation.Key.Length + (annotation.Value.Text()?.Length ?? 0))
            > MostAnnotationBytes
        )
        {
            yield return FieldError.TooLong("metadata.annotations", MostAnnotationBytes);
        }
        var newFinalizers = metadata.Texts("finalizers").Except(old?.Metadata().Texts("finalizers") ?? []).ToList();
        foreach (var finalizer in newFinalizers)
        {
            if (Names.KeyProblem(finalizer) is { } wrong)
            {
                yield return FieldError.Invalid("metadata.finalizers", $"\"{finalizer}\"", wrong);
            }
        }
        if (old?.Text("metadata", "deletionTimestamp") is not null && newFinalizers.Count > 0)
        {
            yield return FieldError.Forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new finalizers"
                    + $" {new JsonArray([.. newFinalizers.Select(f => (JsonNode)f)]).ToJsonString()}"
            );
        }
        if (metadata.Items("ownerReferences").Count(owner => owner.Truth("controller") == true) > 1)
        {
            yield return FieldError.Invalid(
                "metadata.ownerReferences",
                metadata["ownerReferences"]!.ToJsonString(), // counted just now
                "Only one reference can have Controller set to true"
            );
        }
    }
}
