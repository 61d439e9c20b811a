using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Applies a patch of any kind to an object.</summary>
internal static class Patch
{
    /// <exception cref="ApiError">400, 415 or 422.</exception>
    public static JsonObject Apply(
        Resource resource,
        string name,
        string mediaType,
        JsonObject current,
        JsonNode? patch
    )
    {
        try
        {
            return Apply(resource, mediaType, current, patch) as JsonObject
                ?? throw ApiError.BadRequest("the patched value is no object");
        }
        catch (PatchTestFailedException error)
        {
            throw ApiError.Invalid(resource, name, [FieldError.Invalid("patch", "null", error.Message)]);
        }
        catch (FormatException error)
        {
            throw mediaType == "application/json-patch+json"
                ? new ApiError(
                    422,
                    "Invalid",
                    $"the server rejected our request due to an error in our request: {error.Message}"
                )
                : ApiError.BadRequest(error.Message);
        }
    }

    private static JsonNode? Apply(Resource resource, string mediaType, JsonObject current, JsonNode? patch) =>
        mediaType switch
        {
            "application/json-patch+json" => JsonPatch.Apply(current, patch),
            "application/merge-patch+json" => MergePatch.Apply(current, patch),
            "application/strategic-merge-patch+json" when !resource.Custom => StrategicMergePatch.Apply(
                current,
                patch as JsonObject ?? throw new FormatException("a strategic merge patch is an object"),
                resource.Schema
            ),
            _ => throw ApiError.UnsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include:"
                    + " application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                    + (resource.Custom ? "" : ", application/strategic-merge-patch+json")
            ),
        };
}
