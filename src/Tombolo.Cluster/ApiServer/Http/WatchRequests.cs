using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Watches: a stream of one JSON line per change, from a revision on, without gap or repeat.</summary>
/// <param name="bookmarks">Longest silence of a watch that allows bookmarks.</param>
/// <param name="stopping">Ends all watches.</param>
internal sealed class WatchRequests(ObjectVerbs verbs, TimeSpan bookmarks, CancellationToken stopping)
{
    // kube-apiserver ends a watch after a random time from half an hour to an hour unless told another.
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(30);

    public async Task AnswerAsync(HttpContext context, Resource resource, ApiPath path, RequestQuery query)
    {
        var selected = query.Selection(resource, path.Namespace, path.Name);
        var wanted = query.Whole("resourceVersion") ?? 0;
        var initial = query.Given("sendInitialEvents");
        var lines = new WatchLines(
            resource,
            Representation.Read(context.Request.Headers.Accept),
            Table.Include(context),
            verbs.Time
        );
        context.Response.ContentType = "application/json";
        if (wanted > verbs.Store.Revision)
        {
            // A revision from another life of this cluster: a list tells the client what is.
            await WriteAsync(context, WatchLines.Expired($"too new resource version: {wanted}"));
            return;
        }
        // Without a revision, or with any, a watch begins with what is there, unless it asked not to.
        var fromStart = initial ?? wanted == 0;
        var (watch, start) = verbs.Store.Watch(
            resource.StorageKind,
            fromStart || wanted == 0 ? null : wanted,
            selected
        );
        if (watch is null)
        {
            await WriteAsync(context, WatchLines.Expired($"too old resource version: {wanted} ({start.Revision})"));
            return;
        }
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        ends.CancelAfter(Lifetime(query));
        try
        {
            await context.Response.StartAsync(ends.Token);
            await context.Response.Body.FlushAsync(ends.Token);
            if (fromStart)
            {
                await SendInitialAsync(context, lines, start, selected, initial == true, ends.Token);
            }
            await SendChangesAsync(context, lines, watch, query.Truth("allowWatchBookmarks"), ends.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Its time is over: the stream ends in order.
        }
        finally
        {
            verbs.Store.Unwatch(resource.StorageKind, watch);
        }
    }

    private static async Task SendInitialAsync(
        HttpContext context,
        WatchLines lines,
        ObjectSnapshot start,
        Func<StoredObject, bool> selected,
        bool bookmark,
        CancellationToken cancel
    )
    {
        foreach (var item in start.Objects.Values.Where(selected))
        {
            await context.Response.Body.WriteAsync(lines.Added(item), cancel);
        }
        if (bookmark)
        {
            await context.Response.Body.WriteAsync(lines.Bookmark(start.Revision, initialEnd: true), cancel);
        }
        await context.Response.Body.FlushAsync(cancel);
    }

    private async Task SendChangesAsync(
        HttpContext context,
        WatchLines lines,
        ObjectWatch watch,
        bool allowBookmarks,
        CancellationToken cancel
    )
    {
        var waiting = watch.Changes.WaitToReadAsync(cancel).AsTask();
        while (true)
        {
            if (allowBookmarks && !await EndsWithinAsync(waiting, cancel))
            {
                if (verbs.Store.Settled(watch) is { } revision)
                {
                    await context.Response.Body.WriteAsync(lines.Bookmark(revision, initialEnd: false), cancel);
                    await context.Response.Body.FlushAsync(cancel);
                }
                continue;
            }
            if (!await waiting)
            {
                return; // cut, or the server stops
            }
            while (watch.Changes.TryRead(out var item))
            {
                await context.Response.Body.WriteAsync(lines.Change(item.Type, item.Change), cancel);
            }
            await context.Response.Body.FlushAsync(cancel);
            waiting = watch.Changes.WaitToReadAsync(cancel).AsTask();
        }
    }

    private async Task<bool> EndsWithinAsync(Task waiting, CancellationToken cancel)
    {
        var pause = Task.Delay(bookmarks, verbs.Time, cancel);
        return await Task.WhenAny(waiting, pause) == waiting || cancel.IsCancellationRequested;
    }

    private static TimeSpan Lifetime(RequestQuery query) =>
        query.Whole("timeoutSeconds") is { } seconds and > 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 24 * 3600))
            : DefaultLifetime * (1 + Random.Shared.NextDouble());

    private static async Task WriteAsync(HttpContext context, byte[] line)
    {
        await context.Response.Body.WriteAsync(line, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
