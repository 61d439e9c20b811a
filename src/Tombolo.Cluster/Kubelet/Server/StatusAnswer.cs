using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.Kubelet;

/// <summary>A refusal in the form that kubectl shows: a Status object.</summary>
internal static class StatusAnswer
{
    public static Task WriteAsync(HttpContext context, int code, string reason, string message)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        var status = new V1Status
        {
            ApiVersion = "v1",
            Kind = "Status",
            Metadata = new(),
            Status = "Failure",
            Message = message,
            Reason = reason,
            Code = code,
        };
        return context.Response.WriteAsync(KubernetesJson.Serialize(status), context.RequestAborted);
    }
}
