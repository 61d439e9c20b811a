using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Deletes events an hour after they were last seen, as kube-apiserver's default event-ttl has it.</summary>
internal sealed partial class EventExpiry : IAsyncDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ObjectVerbs verbs;
    private readonly ILogger log;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;

    public EventExpiry(ObjectVerbs verbs, ILogger log)
    {
        (this.verbs, this.log) = (verbs, log);
        loop = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Pause, verbs.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                await SweepAsync(stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        var events = verbs.Registry.Current.Find("", "v1", "events")!; // built in
        var limit = verbs.Time.GetUtcNow() - Lifetime;
        foreach (
            var item in verbs.Store.Snapshot("events").Objects.Values.Where(item => LastSeen(item.Element) < limit)
        )
        {
            try
            {
                await verbs.DeleteAsync(events, item.Key, new DeleteOptions { Uid = item.Uid }, cancel);
            }
            catch (Exception error) when (error is ApiError or StorageException)
            {
                LogKept(log, item.Key.Namespace, item.Key.Name, error); // and tried again in a minute
            }
        }
    }

    private static DateTimeOffset LastSeen(JsonElement item) =>
        DateTimeOffset.TryParse(
            item.Text("series", "lastObservedTime")
                ?? item.Text("lastTimestamp")
                ?? item.Text("metadata", "creationTimestamp"),
            CultureInfo.InvariantCulture,
            out var time
        )
            ? time
            : DateTimeOffset.MaxValue;

    [LoggerMessage(LogLevel.Debug, "event {Namespace}/{Name} is kept")]
    private static partial void LogKept(ILogger log, string @namespace, string name, Exception error);
}
