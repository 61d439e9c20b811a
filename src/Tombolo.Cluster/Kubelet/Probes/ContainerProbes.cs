using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>
/// The probes of one run of a container: startup first; once it has passed, readiness and liveness. Only exec probes are
/// run yet: a container with another kind is never ready.
/// </summary>
/// <param name="run">Runs one probe once.</param>
/// <param name="changed">Called when a verdict has changed.</param>
/// <param name="unhealthy">Told of each failure, in words for an event.</param>
internal sealed class ContainerProbes(
    V1Container container,
    Func<V1Probe, CancellationToken, Task<ProbeResult>> run,
    Action changed,
    Action<string> unhealthy,
    TimeProvider time
) : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new(); // has no timer: needs no disposal
    private volatile bool started = container.StartupProbe is null;
    private volatile bool ready = container.ReadinessProbe is null;
    private volatile string? failure;
    private Task running = Task.CompletedTask;

    public bool IsStarted => started;

    public bool IsReady => started && ready && Unsupported(container) is null;

    /// <summary>Which probe wants the container to be restarted: <c>liveness</c>, <c>startup</c>; null: none.</summary>
    public string? Failure => failure;

    /// <summary>The kinds of probes in the container that are not run; null: none.</summary>
    public static string? Unsupported(V1Container container)
    {
        var kinds = new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe }
            .Where(probe => probe is { Exec: null })
            .Select(probe =>
                probe switch
                {
                    { HttpGet: not null } => "HTTP",
                    { TcpSocket: not null } => "TCP",
                    { Grpc: not null } => "gRPC",
                    _ => "empty",
                }
            )
            .Distinct()
            .ToList();
        return kinds.Count == 0 ? null : string.Join(" and ", kinds);
    }

    public void Start() => running = RunAsync(stopping.Token);

    /// <summary>Ends the probes; the verdicts stay. Twice is as good as once.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        if (container.StartupProbe is { Exec: not null } startup)
        {
            await LoopAsync("Startup", startup, initial: false, OfStartup, cancel);
        }
        if (started && failure is null)
        {
            var readiness = container.ReadinessProbe is { Exec: not null } whenReady
                ? LoopAsync("Readiness", whenReady, initial: false, OfReadiness, cancel)
                : Task.CompletedTask;
            var liveness = container.LivenessProbe is { Exec: not null } whenAlive
                ? LoopAsync("Liveness", whenAlive, initial: true, OfLiveness, cancel)
                : Task.CompletedTask;
            await Task.WhenAll(readiness, liveness);
        }
    }

    /// <param name="verdict">Takes the verdict; true ends the loop.</param>
    private async Task LoopAsync(
        string kind,
        V1Probe probe,
        bool initial,
        Func<ProbeCounter, bool> verdict,
        CancellationToken cancel
    )
    {
        var counter = new ProbeCounter(initial, probe.SuccessThreshold ?? 1, probe.FailureThreshold ?? 3);
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0), time, cancel);
        while (true)
        {
            var result = await run(probe, cancel);
            if (!result.Success)
            {
                unhealthy($"{kind} probe failed: {result.Message}");
            }
            counter.Observe(result.Success);
            if (verdict(counter))
            {
                return;
            }
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, probe.PeriodSeconds ?? 10)), time, cancel);
        }
    }

    private bool OfStartup(ProbeCounter counter)
    {
        if (counter.Passing || counter.Failed)
        {
            started = counter.Passing;
            failure = counter.Failed ? "startup" : null;
            changed();
            return true;
        }
        return false;
    }

    private bool OfReadiness(ProbeCounter counter)
    {
        if (ready != counter.Passing)
        {
            ready = counter.Passing;
            changed();
        }
        return false;
    }

    private bool OfLiveness(ProbeCounter counter)
    {
        if (counter.Failed)
        {
            failure = "liveness";
            changed();
        }
        return counter.Failed;
    }
}
