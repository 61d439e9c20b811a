using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// All objects, in memory for readers and in the database for good. One writer commits batches: whatever queued up
/// during the last fsync shares the next one. A change is visible to readers and watches only after its fsync.
/// </summary>
internal sealed partial class ObjectStore : IAsyncDisposable
{
    // A batch is one transaction: large enough to share an fsync, small enough to answer within milliseconds.
    private const int BatchSize = 256;

    private readonly Lock gate = new();
    private readonly ObjectDatabase database;
    private readonly int history;
    private readonly int backlog;
    private readonly ILogger log;
    private readonly Dictionary<string, KindTable> tables = [];
    private readonly Channel<PendingWrite> queue = Channel.CreateBounded<PendingWrite>(4096);
    private readonly Task writer;
    private readonly long loaded;
    private long revision;

    /// <param name="database">Owned and disposed by the store.</param>
    /// <param name="history">Changes kept per kind.</param>
    /// <param name="backlog">Changes that may wait for one watch.</param>
    public ObjectStore(ObjectDatabase database, int history, int backlog, ILogger log)
    {
        (this.database, this.history, this.backlog, this.log) = (database, history, backlog, log);
        (var objects, loaded) = database.Load();
        revision = loaded;
        foreach (var kind in objects.GroupBy(o => o.Kind))
        {
            Table(kind.Key).Objects = Table(kind.Key).Objects.AddRange(kind.Select(o => KeyValuePair.Create(o.Key, o)));
        }
        writer = Task.Run(WriteAsync);
    }

    /// <summary>Called in the order of revisions, under the gate, before readers see the change: be quick.</summary>
    public event Action<ObjectChange>? Committed;

    public long Revision
    {
        get
        {
            lock (gate)
            {
                return revision;
            }
        }
    }

    public StoredObject? Find(string kind, ObjectKey key) => Snapshot(kind).Objects.GetValueOrDefault(key);

    public ObjectSnapshot Snapshot(string kind)
    {
        lock (gate)
        {
            return new ObjectSnapshot(Table(kind).Objects, revision);
        }
    }

    /// <summary>Every kind that has, or had, an object, with its objects.</summary>
    public IReadOnlyList<(string Kind, ObjectSnapshot Objects)> SnapshotAll()
    {
        lock (gate)
        {
            return [.. tables.Select(table => (table.Key, new ObjectSnapshot(table.Value.Objects, revision)))];
        }
    }

    /// <summary>Commits, or says why not. Returns after the fsync.</summary>
    /// <exception cref="StorageException">The database failed; nothing was changed.</exception>
    public async Task<WriteResult> WriteAsync(Write write, CancellationToken cancel)
    {
        var pending = new PendingWrite(write);
        await queue.Writer.WriteAsync(pending, cancel);
        return await pending.Result.Task;
    }

    /// <summary>Starts a watch of the changes after <paramref name="after"/>; null: after now.</summary>
    /// <returns>The watch, and what is there at its start; no watch if that revision is no longer held.</returns>
    public (ObjectWatch? Watch, ObjectSnapshot Start) Watch(string kind, long? after, Func<StoredObject, bool> matches)
    {
        lock (gate)
        {
            var table = Table(kind);
            var start = new ObjectSnapshot(table.Objects, revision);
            if (after < table.Compacted)
            {
                return (null, start);
            }
            var missed = after is { } from ? table.Recent.Where(c => c.Revision > from).ToList() : [];
            // What is caught up on comes on top of the backlog: it is there already, and bounded by the history.
            var watch = new ObjectWatch(matches, backlog + missed.Count);
            missed.ForEach(change => watch.Offer(change));
            table.Watches.Add(watch);
            return (watch, start);
        }
    }

    /// <summary>The revision up to which the watch has been given everything; null if something still waits.</summary>
    public long? Settled(ObjectWatch watch)
    {
        lock (gate)
        {
            return watch.Changes.Count == 0 ? revision : null;
        }
    }

    public void Unwatch(string kind, ObjectWatch watch)
    {
        lock (gate)
        {
            Table(kind).Watches.Remove(watch);
        }
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writer;
        lock (gate)
        {
            foreach (var watch in tables.Values.SelectMany(table => table.Watches))
            {
                watch.Close();
            }
        }
        database.Dispose();
    }

    private async Task WriteAsync()
    {
        var batch = new List<PendingWrite>(BatchSize);
        while (await queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }
            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<PendingWrite> batch)
    {
        var plan = new BatchPlan(kind => Snapshot(kind).Objects, revision);
        try
        {
            batch.ForEach(plan.Judge);
            if (plan.Changes.Count > 0)
            {
                database.Commit(plan.Changes, plan.Revision);
                Publish(plan);
            }
        }
        catch (StorageException error)
        {
            LogCommitFailed(log, batch.Count, error);
            batch.ForEach(write => write.Result.TrySetException(error));
            return;
        }
        foreach (var (write, result) in plan.Results)
        {
            write.Result.TrySetResult(result);
        }
    }

    private void Publish(BatchPlan plan)
    {
        lock (gate)
        {
            foreach (var change in plan.Changes)
            {
                Committed?.Invoke(change);
                Table(change.Object.Kind).Apply(change);
            }
            revision = plan.Revision;
        }
    }

    private KindTable Table(string kind)
    {
        if (!tables.TryGetValue(kind, out var table))
        {
            tables[kind] = table = new KindTable(loaded, history);
        }
        return table;
    }

    [LoggerMessage(LogLevel.Error, "{Writes} writes failed and were answered so; free disk space or check the disk")]
    private static partial void LogCommitFailed(ILogger log, int writes, Exception error);
}
