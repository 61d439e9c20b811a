using Microsoft.Extensions.Logging;
using Tombolo.Agent.CniServer;
using Tombolo.Agent.Interfaces;
using Tombolo.Agent.Node;
using Tombolo.Agent.Streams;
using Tombolo.Agent.Telemetry;
using Tombolo.Linux;
using Tombolo.Telemetry;

namespace Tombolo.Agent;

/// <summary>The agent process: streams, the node's loop, the CNI socket.</summary>
internal static partial class AgentRole
{
    /// <returns>0 when told to stop; 1 if the node cannot be served, with one line that says why.</returns>
    public static async Task<int> RunAsync(AgentOptions options, ILoggerFactory logs, CancellationToken cancel)
    {
        var log = logs.CreateLogger("agent");
        LogStart(log, options);
        try
        {
            Directory.CreateDirectory(options.State);
            using var metrics = new AgentMetrics();
            using var kernel = new Kernel(options, log);
            metrics.Watch(kernel.Drops);
            var loop = new NodeLoop(
                options,
                TimeProvider.System,
                kernel,
                new Labels(options.State),
                new Attachments(options.State, log),
                metrics,
                log
            );
            // First, so that nothing is measured before somebody listens.
            List<Task> running = [MetricsDoor.RunAsync(options.Metrics, why => LogNotMeasured(log, why), cancel)];
            var streams = options
                .Servers.Select(server => new ServerStream(server, loop.Hello, loop.Hear, log))
                .ToList();
            streams.ForEach(loop.Add);
            var listener = new CniListener(
                options.Socket,
                (request, stop) => metrics.TimeAsync(request, () => loop.AskAsync(request, stop)),
                log
            );
            running.AddRange(streams.Select(stream => stream.RunAsync(cancel)));
            running.Add(loop.RunAsync(cancel));
            running.Add(listener.RunAsync(cancel));
            await await Task.WhenAny(running); // none ends by itself: the first to end says what broke
            return 0;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 0; // pins stay: the kernel forwards on without us
        }
        catch (Exception broken) when (broken is LinuxException or FormatException)
        {
            LogBroken(log, broken.Message);
            return 1;
        }
    }

    [LoggerMessage(LogLevel.Information, "starting: {Options}")]
    private static partial void LogStart(ILogger log, AgentOptions options);

    [LoggerMessage(LogLevel.Warning, "no metrics: {Why}")]
    private static partial void LogNotMeasured(ILogger log, string why);

    [LoggerMessage(LogLevel.Critical, "{Why}")]
    private static partial void LogBroken(ILogger log, string why);
}
