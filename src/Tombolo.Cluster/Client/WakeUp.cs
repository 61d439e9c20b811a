using System.Threading.Channels;

namespace Tombolo.Cluster.Client;

/// <summary>Wakes one loop: any number of calls while it is busy are one more turn.</summary>
internal sealed class WakeUp(TimeProvider time)
{
    private readonly Channel<bool> calls = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Call() => calls.Writer.TryWrite(true);

    /// <summary>Until called, or until the time is up; null: however long.</summary>
    public async Task WaitAsync(TimeSpan? atMost, CancellationToken cancel)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return;
        }
        await using var timer = atMost is { } due
            ? time.CreateTimer(_ => Call(), null, due, Timeout.InfiniteTimeSpan)
            : null;
        await calls.Reader.ReadAsync(cancel);
    }
}
