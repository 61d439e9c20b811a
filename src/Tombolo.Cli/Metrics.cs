using System.CommandLine;
using Microsoft.Extensions.Logging;
using Tombolo.Telemetry;

namespace Tombolo.Cli;

/// <summary>The option that every role has: where it is measured.</summary>
internal static partial class Metrics
{
    public static Option<string?> Option { get; } =
        new("--metrics")
        {
            Description = "where to serve GET /metrics for Prometheus, address:port; not given: nowhere",
        };

    /// <summary>Runs a role with its metrics beside it, they first: nothing is measured before somebody listens.</summary>
    public static async Task WithAsync(
        ParseResult parsed,
        ILoggerFactory logs,
        Func<Task> role,
        CancellationToken cancel
    )
    {
        var log = logs.CreateLogger("metrics");
        var measured = MetricsDoor.RunAsync(parsed.GetValue(Option), why => LogNotMeasured(log, why), cancel);
        await await Task.WhenAny(measured, role());
    }

    [LoggerMessage(LogLevel.Warning, "no metrics: {Why}")]
    private static partial void LogNotMeasured(ILogger log, string why);
}
