using System.Net;

namespace Tombolo.Lab.Api;

/// <summary>The API server refused; the message is its Status' own.</summary>
public sealed class ApiException(HttpStatusCode code, string message) : Exception(message)
{
    public HttpStatusCode Code { get; } = code;
}
