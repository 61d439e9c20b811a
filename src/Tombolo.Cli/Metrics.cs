using System.CommandLine;
using Tombolo.Telemetry;

namespace Tombolo.Cli;

/// <summary>The option that every role has: where it is measured.</summary>
internal static class Metrics
{
    public static Option<string?> Option { get; } =
        new("--metrics")
        {
            Description = "where to serve GET /metrics for Prometheus, address:port; not given: nowhere",
        };

    /// <summary>Runs a role with its metrics beside it: the first that ends, ends both.</summary>
    public static async Task WithAsync(ParseResult parsed, Task role, CancellationToken cancel) =>
        await await Task.WhenAny(role, MetricsDoor.RunAsync(parsed.GetValue(Option), cancel));
}
