using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Works on items one after another; an item that waits already is not added twice, one that fails comes again.</summary>
internal sealed partial class WorkLoop<T> : IAsyncDisposable
    where T : notnull
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Func<T, CancellationToken, Task> work;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private readonly HashSet<T> waiting = [];

    // Bounded by what waits: an item is in here once.
    private readonly Channel<T> queue = Channel.CreateUnbounded<T>(new() { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;

    public WorkLoop(Func<T, CancellationToken, Task> work, TimeProvider time, ILogger log)
    {
        (this.work, this.time, this.log) = (work, time, log);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Safe under other locks: it only queues.</summary>
    public void Add(T item)
    {
        lock (gate)
        {
            if (waiting.Add(item))
            {
                queue.Writer.TryWrite(item);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        queue.Writer.TryComplete();
        await loop;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var item in queue.Reader.ReadAllAsync(stopping.Token))
            {
                lock (gate)
                {
                    waiting.Remove(item);
                }
                await WorkAsync(item);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; what waits is found again at its next start.
        }
    }

    private async Task WorkAsync(T item)
    {
        try
        {
            await work(item, stopping.Token);
        }
        catch (ApiError error) when (error.Code == 404)
        {
            // Gone meanwhile: that is the end of most work here.
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(log, item.ToString() ?? "", error);
            await Task.Delay(Pause, time, stopping.Token);
            Add(item);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Item} failed and is tried again in a second")]
    private static partial void LogFailed(ILogger log, string item, Exception error);
}
