using System.Collections.Immutable;

namespace Tombolo.Cluster.ApiServer;

/// <summary>One kind's objects, recent changes and watches. Touched only under the store's gate.</summary>
internal sealed class KindTable(long revision, int history)
{
    private readonly Queue<ObjectChange> recent = new();

    public ImmutableSortedDictionary<ObjectKey, StoredObject> Objects { get; set; } =
        ImmutableSortedDictionary<ObjectKey, StoredObject>.Empty;

    public List<ObjectWatch> Watches { get; } = [];

    /// <summary>Changes after this revision are still held.</summary>
    public long Compacted { get; private set; } = revision;

    public IEnumerable<ObjectChange> Recent => recent;

    public void Apply(ObjectChange change)
    {
        Objects = change.Deleted
            ? Objects.Remove(change.Object.Key)
            : Objects.SetItem(change.Object.Key, change.Object);
        recent.Enqueue(change);
        while (recent.Count > history)
        {
            Compacted = recent.Dequeue().Revision;
        }
        Watches.RemoveAll(watch => !watch.Offer(change));
    }
}
