using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Lists: whole, or in chunks that all show one revision.</summary>
internal sealed class ListRequests(ObjectVerbs verbs, ChunkedLists chunks)
{
    public async Task AnswerAsync(HttpContext context, Resource resource, ApiPath path, RequestQuery query)
    {
        var selected = query.Selection(resource, path.Namespace, "");
        var limit = query.Whole("limit") ?? 0;
        var token = query.Text("continue") is { Length: > 0 } text ? ContinueToken.Read(text) : null;
        var snapshot = token is null ? Snapshot(resource, query) : chunks.Find(resource.StorageKind, token.Revision);
        var rest = snapshot.Objects.Values.Where(selected);
        if (token is not null)
        {
            rest = rest.Where(item => item.Key.CompareTo(token.After) > 0);
        }
        if (limit <= 0)
        {
            await WriteAsync(context, resource, [.. rest], snapshot.Revision);
            return;
        }
        var found = rest.ToList();
        var chunk = found.Count <= limit ? found : found.GetRange(0, (int)limit);
        var left = found.Count - chunk.Count;
        string? more = null;
        if (left > 0)
        {
            chunks.Keep(resource.StorageKind, snapshot);
            more = new ContinueToken(snapshot.Revision, chunk[^1].Key).ToString();
        }
        await WriteAsync(context, resource, chunk, snapshot.Revision, more, left);
    }

    public async Task WriteAsync(
        HttpContext context,
        Resource resource,
        IReadOnlyList<StoredObject> items,
        long revision,
        string? more = null,
        int left = 0
    )
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString() };
        if (more is not null)
        {
            (metadata["continue"], metadata["remainingItemCount"]) = (more, left);
        }
        var form = Representation.Read(context.Request.Headers.Accept);
        if (form.Form == RepresentationForm.Table)
        {
            var table = Table.Of(resource, items, form, Table.Include(context), verbs.Time.GetUtcNow(), $"{revision}");
            table["metadata"] = metadata;
            await Answer.JsonAsync(context, table);
            return;
        }
        if (form.Form == RepresentationForm.Partial)
        {
            await Answer.JsonAsync(context, PartialObject.ListOf(items, form, metadata));
            return;
        }
        context.Response.ContentType = "application/json";
        var output = context.Response.BodyWriter;
        var head =
            $"{{\"kind\":\"{resource.ListKind}\",\"apiVersion\":\"{resource.ApiVersion}\","
            + $"\"metadata\":{metadata.ToJsonString()},\"items\":[";
        output.Write(Encoding.UTF8.GetBytes(head));
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }
            output.Write(Shapes.Json(resource, items[i]));
            if (output.UnflushedBytes > 64 * 1024)
            {
                await output.FlushAsync(context.RequestAborted);
            }
        }
        output.Write("]}\n"u8);
        await output.FlushAsync(context.RequestAborted);
    }

    /// <summary>The current state: it fulfils every resourceVersion but one that is still to come, or an exact one.</summary>
    private ObjectSnapshot Snapshot(Resource resource, RequestQuery query)
    {
        var snapshot = verbs.Store.Snapshot(resource.StorageKind);
        var wanted = query.Whole("resourceVersion") ?? 0;
        var match = query.Text("resourceVersionMatch");
        if (match is not ("" or "Exact" or "NotOlderThan"))
        {
            throw ApiError.BadRequest($"resourceVersionMatch: Unsupported value: \"{match}\"");
        }
        if (match.Length > 0 && query.Text("resourceVersion").Length == 0)
        {
            throw ApiError.BadRequest(
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
            );
        }
        if (wanted > snapshot.Revision)
        {
            throw new ApiError(
                504,
                "Timeout",
                $"Too large resource version: {wanted}, current: {snapshot.Revision}",
                new JsonObject
                {
                    ["causes"] = new JsonArray(
                        new JsonObject
                        {
                            ["reason"] = "ResourceVersionTooLarge",
                            ["message"] = "Too large resource version",
                        }
                    ),
                    ["retryAfterSeconds"] = 1,
                }
            );
        }
        if (match == "Exact" && wanted != snapshot.Revision)
        {
            return chunks.Find(resource.StorageKind, wanted);
        }
        return snapshot;
    }
}
