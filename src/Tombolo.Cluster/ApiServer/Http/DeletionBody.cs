using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Reads DeleteOptions from a request's body and query; the body wins.</summary>
internal static class DeletionBody
{
    /// <exception cref="ApiError">400: options that contradict each other.</exception>
    public static DeleteOptions Read(JsonNode? body, RequestQuery query)
    {
        var propagation = body.Text("propagationPolicy") ?? query.Text("propagationPolicy");
        var orphan = body.Truth("orphanDependents") ?? query.Given("orphanDependents");
        if (propagation.Length > 0 && orphan is not null)
        {
            throw ApiError.BadRequest("orphanDependents and propagationPolicy cannot be both set");
        }
        if (propagation is not ("" or "Background" or "Foreground" or "Orphan"))
        {
            throw ApiError.BadRequest(
                $"propagationPolicy: Unsupported value: \"{propagation}\": supported values: \"Foreground\","
                    + " \"Background\", \"Orphan\""
            );
        }
        return new DeleteOptions
        {
            GraceSeconds = body.Whole("gracePeriodSeconds") ?? query.Whole("gracePeriodSeconds"),
            Propagation =
                propagation.Length > 0 ? propagation
                : orphan == true ? "Orphan"
                : null,
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            DryRun =
                body.Texts("dryRun").Contains("All")
                || string.Equals(query.Text("dryRun"), "All", StringComparison.Ordinal),
        };
    }
}
