using System.Threading.Channels;

namespace Tombolo.Cluster.ApiServer;

/// <summary>One watcher's bounded queue of changes; it is cut when full, never held up for.</summary>
/// <param name="matches">Which objects the watcher wants.</param>
/// <param name="backlog">Changes that may wait.</param>
internal sealed class ObjectWatch(Func<StoredObject, bool> matches, int backlog)
{
    private readonly Channel<(ChangeType Type, ObjectChange Change)> queue = Channel.CreateBounded<(
        ChangeType,
        ObjectChange
    )>(new BoundedChannelOptions(backlog) { SingleReader = true, SingleWriter = true });

    public ChannelReader<(ChangeType Type, ObjectChange Change)> Changes => queue.Reader;

    /// <summary>False once the watch is cut: it reads what it has, then ends.</summary>
    public bool Offer(ObjectChange change)
    {
        var before = change.Previous is { } previous && matches(previous);
        var now = !change.Deleted && matches(change.Object);
        ChangeType type;
        if (now)
        {
            type = before ? ChangeType.Modified : ChangeType.Added;
        }
        else if (before)
        {
            type = ChangeType.Deleted;
        }
        else
        {
            return true;
        }
        if (queue.Writer.TryWrite((type, change)))
        {
            return true;
        }
        queue.Writer.TryComplete();
        return false;
    }

    public void Close() => queue.Writer.TryComplete();
}
