using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.Kubelet;

/// <summary>Notes every 200 ms how long each running container's log has become: what <c>--timestamps</c> is read from.</summary>
internal sealed partial class LogClock(PodSet pods, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<string, long> lengths = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            foreach (var file in pods.Logs())
            {
                Note(file);
            }
            await Task.Delay(Interval, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists || lengths.GetValueOrDefault(file) == info.Length)
            {
                return;
            }
            LogTimes.Append(file, time.GetUtcNow().UtcDateTime, info.Length);
            lengths[file] = info.Length;
        }
        catch (IOException broken)
        {
            LogUnwritten(log, file, broken.Message); // the pod's folder may go under our hands
        }
    }

    [LoggerMessage(LogLevel.Debug, "times of log {File} not written: {Why}")]
    private static partial void LogUnwritten(ILogger log, string file, string why);
}
