using System.Net;

namespace Tombolo.Kube;

/// <summary>The API server's refusal: HTTP status, Kubernetes' reason (<c>Conflict</c>, <c>AlreadyExists</c> …), the call.</summary>
public sealed class KubeException(HttpStatusCode status, string reason, string message) : Exception(message)
{
    public HttpStatusCode Status => status;

    public string Reason => reason;

    /// <summary>How long the server asks to wait, where it says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsConflict => status == HttpStatusCode.Conflict && reason != "AlreadyExists";

    public bool AlreadyExists => reason == "AlreadyExists";

    public bool IsNotFound => status == HttpStatusCode.NotFound;

    public bool IsGone => status == HttpStatusCode.Gone;
}
