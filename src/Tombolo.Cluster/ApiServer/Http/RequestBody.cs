using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A request's body as a JSON tree, from JSON or YAML.</summary>
internal sealed record RequestBody(JsonNode? Content, IReadOnlyList<string> Duplicates)
{
    // kube-apiserver's limit of a request, in octets.
    private const int MostBytes = 3 * 1024 * 1024;

    public JsonObject Object => Content as JsonObject ?? throw ApiError.BadRequest("the request's body is no object");

    /// <exception cref="ApiError">400, 413 or 415.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext context)
    {
        var bytes = await BytesAsync(context);
        var type = MediaType(context);
        try
        {
            switch (type)
            {
                case "application/yaml" or "application/x-yaml" or "text/yaml" or "application/apply-patch+yaml":
                    return new RequestBody(YamlText.Parse(bytes), []);
                case ProtobufBody.MediaType:
                    return new RequestBody(ProtobufBody.Parse(bytes), []);
                case "" or "application/json" or "text/plain" or "*/*":
                case not null when type.EndsWith("+json", StringComparison.Ordinal):
                    var duplicates = new List<string>();
                    return new RequestBody(JsonText.Parse(bytes, duplicates), duplicates);
                default:
                    throw ApiError.UnsupportedMediaType(
                        $"the body of the request was in an unknown format - accepted media types include:"
                            + $" application/json, application/yaml; not {type}"
                    );
            }
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw ApiError.BadRequest($"couldn't read the request's body: {error.Message}");
        }
    }

    /// <summary>Null if there is no body.</summary>
    public static async Task<RequestBody?> ReadIfAnyAsync(HttpContext context)
    {
        var length = context.Request.ContentLength;
        return
            length == 0
            || (length is null && !context.Request.Headers.ContainsKey("Transfer-Encoding"))
                && !HttpProtocol.IsHttp2(context.Request.Protocol)
            ? null
            : await ReadOrNullAsync(context);
    }

    public static string MediaType(HttpContext context) =>
        (context.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    private static async Task<RequestBody?> ReadOrNullAsync(HttpContext context)
    {
        var bytes = await BytesAsync(context);
        if (bytes.Length == 0)
        {
            return null;
        }
        context.Request.Body = new MemoryStream(bytes);
        return await ReadAsync(context);
    }

    private static async Task<byte[]> BytesAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int count;
        while ((count = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            buffer.Write(chunk, 0, count);
            if (buffer.Length > MostBytes)
            {
                throw new ApiError(413, "RequestEntityTooLarge", $"limit is {MostBytes}");
            }
        }
        return buffer.ToArray();
    }
}
