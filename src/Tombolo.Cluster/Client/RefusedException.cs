using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Tombolo.Cluster.Client;

/// <summary>The API server's refusal: HTTP status, Kubernetes' reason (<c>Conflict</c>, <c>AlreadyExists</c> …), the call.</summary>
public sealed class RefusedException(HttpStatusCode status, string reason, string message) : Exception(message)
{
    public HttpStatusCode Status => status;

    public string Reason => reason;

    /// <summary>How long the server asks to wait, where it says so.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public bool IsConflict => status == HttpStatusCode.Conflict && reason != "AlreadyExists";

    public bool AlreadyExists => reason == "AlreadyExists";

    public bool IsNotFound => status == HttpStatusCode.NotFound;

    public bool IsGone => status == HttpStatusCode.Gone;

    internal static async Task<RefusedException> FromAsync(
        string call,
        HttpResponseMessage response,
        CancellationToken cancel
    )
    {
        var text = await response.Content.ReadAsStringAsync(cancel);
        V1Status? status = null;
        try
        {
            status = KubernetesJson.Deserialize<V1Status>(text);
        }
        catch (JsonException)
        {
            // A proxy's page, not the API server's answer.
        }
        return new RefusedException(
            response.StatusCode,
            status?.Reason ?? response.StatusCode.ToString(),
            $"{call}: {status?.Message ?? text}"
        )
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }
}
