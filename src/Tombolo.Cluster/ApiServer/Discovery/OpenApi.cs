using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>OpenAPI v3 in JSON, a document per group and version, made when first asked for.</summary>
internal sealed class OpenApi(ResourceRegistry registry, ModelSchemas schemas)
{
    private const string Root = "/openapi/v3";

    // Documents die with the set of kinds that they describe.
    private readonly ConditionalWeakTable<ResourceSet, ConcurrentDictionary<string, (byte[] Json, string Hash)>> made =
    [];

    private readonly Lazy<bool> described = new(() => ModelDescriptions.Load(schemas.Known));

    public async Task<bool> TryAnswerAsync(HttpContext context, string path)
    {
        var served = registry.Current;
        if (path == Root)
        {
            await Answer.JsonAsync(context, Index(served));
            return true;
        }
        if (
            !path.StartsWith(Root + "/", StringComparison.Ordinal)
            || Document(served, path[(Root.Length + 1)..]) is not { } found
        )
        {
            return false;
        }
        context.Response.Headers.ETag = $"\"{found.Hash}\"";
        if (context.Request.Query["hash"] == found.Hash)
        {
            // What is named by its hash never changes: kubectl keeps it on disk.
            context.Response.Headers.CacheControl = "public, immutable";
            context.Response.Headers.Expires = DateTimeOffset.UtcNow.AddYears(1).ToString("R");
        }
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(found.Hash, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }
        await Answer.BytesAsync(context, found.Json);
        return true;
    }

    private JsonObject Index(ResourceSet served)
    {
        var paths = new JsonObject();
        foreach (var (group, versions) in served.Groups())
        {
            foreach (var version in versions)
            {
                var name = group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
                var hash = Document(served, name)!.Value.Hash; // a group that is served has kinds
                paths[name] = new JsonObject { ["serverRelativeURL"] = $"{Root}/{name}?hash={hash}" };
            }
        }
        return new JsonObject { ["paths"] = paths };
    }

    private (byte[] Json, string Hash)? Document(ResourceSet served, string name)
    {
        var (group, version) = name.Split('/') switch
        {
            ["api", var v] => ("", v),
            ["apis", var g, var v] => (g, v),
            _ => ("", ""),
        };
        var kinds = served.All.Where(r => r.Group == group && r.Version == version).ToList();
        if (kinds.Count == 0)
        {
            return null;
        }
        _ = described.Value;
        return made.GetOrCreateValue(served).GetOrAdd(name, _ => Make(kinds));
    }

    private static (byte[], string) Make(List<Resource> kinds)
    {
        var json = JsonText.Write(new OpenApiDocument(kinds).Make());
        return (json, Convert.ToHexString(SHA256.HashData(json)));
    }
}
