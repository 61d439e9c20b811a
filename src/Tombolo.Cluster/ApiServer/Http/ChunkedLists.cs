namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// Keeps the snapshots that chunked lists go on with. A snapshot shares all that has not changed since, so keeping it
/// costs what changed.
/// </summary>
internal sealed class ChunkedLists(TimeProvider time)
{
    // etcd keeps old revisions for 5 minutes by default; 64 lists at once are more than a lab has clients.
    private const int MostKept = 64;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly LinkedList<(string Kind, ObjectSnapshot Snapshot, DateTimeOffset Until)> kept = [];

    public void Keep(string kind, ObjectSnapshot snapshot)
    {
        lock (gate)
        {
            foreach (var entry in kept.Where(e => e.Kind == kind && e.Snapshot.Revision == snapshot.Revision).ToList())
            {
                kept.Remove(entry);
            }
            kept.AddLast((kind, snapshot, time.GetUtcNow() + Lifetime));
            while (kept.Count > MostKept)
            {
                kept.RemoveFirst();
            }
        }
    }

    /// <exception cref="ApiError">410: no longer kept.</exception>
    public ObjectSnapshot Find(string kind, long revision)
    {
        lock (gate)
        {
            var found = kept.FirstOrDefault(e => e.Kind == kind && e.Snapshot.Revision == revision);
            return found.Snapshot is { } snapshot && found.Until > time.GetUtcNow()
                ? snapshot
                : throw ApiError.Expired(
                    "The provided continue parameter is too old to display a consistent list result. You must start a"
                        + " new list without the continue parameter."
                );
        }
    }
}
