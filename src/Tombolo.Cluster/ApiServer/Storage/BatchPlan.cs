using System.Collections.Immutable;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Judges the writes of one batch in order, each against what the ones before it leave. Pure.</summary>
internal sealed class BatchPlan(
    Func<string, ImmutableSortedDictionary<ObjectKey, StoredObject>> committed,
    long revision
)
{
    private readonly Dictionary<(string, ObjectKey), StoredObject?> overlay = [];

    public List<ObjectChange> Changes { get; } = [];

    public List<(PendingWrite Write, WriteResult Result)> Results { get; } = [];

    /// <summary>The revision of the last change.</summary>
    public long Revision { get; private set; } = revision;

    public void Judge(PendingWrite pending)
    {
        try
        {
            Results.Add((pending, Judge(pending.Write)));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // Content that cannot be written as JSON fails alone, not with its batch.
            pending.Result.TrySetException(new StorageException($"encode {pending.Write.Key}: {error.Message}", error));
        }
    }

    private WriteResult Judge(Write write)
    {
        var current = Current(write.Kind, write.Key);
        if ((current?.Revision ?? 0) != write.Expected)
        {
            return new WriteResult(WriteOutcome.Conflict, current);
        }
        if (write.Checks.HasFlag(WriteChecks.NamespaceOpen))
        {
            var home = Current("namespaces", new ObjectKey("", write.Key.Namespace));
            if (home is null or { Terminating: true })
            {
                var outcome = home is null ? WriteOutcome.NamespaceMissing : WriteOutcome.NamespaceTerminating;
                return new WriteResult(outcome, null);
            }
        }
        var next = Revision + 1;
        write.Object.Metadata()["resourceVersion"] = next.ToString();
        var stored = new StoredObject(write.Kind, write.Key, next, JsonText.Write(write.Object));
        Changes.Add(new ObjectChange(stored, current, write.Delete));
        overlay[(write.Kind, write.Key)] = write.Delete ? null : stored;
        Revision = next;
        return new WriteResult(WriteOutcome.Committed, stored);
    }

    private StoredObject? Current(string kind, ObjectKey key) =>
        overlay.TryGetValue((kind, key), out var changed) ? changed : committed(kind).GetValueOrDefault(key);
}
