using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    public static Task JsonAsync(HttpContext context, JsonNode content, int code = 200, string? type = null) =>
        BytesAsync(context, JsonText.Write(content), code, type);

    public static async Task BytesAsync(HttpContext context, byte[] json, int code = 200, string? type = null)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = type ?? "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    public static Task TextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    public static Task ErrorAsync(HttpContext context, ApiError error)
    {
        if (error.Code == 429)
        {
            context.Response.Headers.RetryAfter = "1";
        }
        return JsonAsync(context, error.Status(), error.Code);
    }

    /// <summary>RFC 7234 §5.5, as kubectl shows warnings.</summary>
    public static void Warn(HttpContext context, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            var quoted = warning.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", " ");
            context.Response.Headers.Append("Warning", $"299 - \"{quoted}\"");
        }
    }
}
