using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.Kubelet;

/// <summary>A refusal in the form that kubectl shows: a Status object.</summary>
internal static class StatusAnswer
{
    public static Task WriteAsync(HttpContext context, int code, string reason, string message)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        // As a document: the client library's V1Status can be read, but not written.
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = reason,
            ["code"] = code,
        };
        return context.Response.WriteAsync(status.ToJsonString(), context.RequestAborted);
    }
}
