using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tombolo.Agent.Datapath;
using Tombolo.Values.Cni;

namespace Tombolo.Agent.Telemetry;

/// <summary>What an agent measures of itself and of its node's kernel; docs/metrics.md says what each tells.</summary>
internal sealed class AgentMetrics : IDisposable
{
    private readonly Meter meter = new("Tombolo.Agent");
    private readonly Histogram<double> applied;
    private readonly Counter<long> refused;
    private readonly Histogram<double> cni;
    private readonly Gauge<int> interfaces;
    private readonly Gauge<int> routes;
    private readonly Gauge<int> streams;
    private readonly Gauge<int> warnings;

    public AgentMetrics()
    {
        applied = meter.CreateHistogram<double>(
            "tombolo.agent.apply",
            "s",
            "Time to make the kernel hold what the primary says."
        );
        refused = meter.CreateCounter<long>(
            "tombolo.agent.apply.failures",
            null,
            "Times that the kernel refused some of it."
        );
        cni = meter.CreateHistogram<double>(
            "tombolo.agent.cni",
            "s",
            "Time to answer the CNI plugin, by command and error code (0: none)."
        );
        interfaces = meter.CreateGauge<int>(
            "tombolo.agent.interfaces",
            null,
            "Interfaces told to this node, by state."
        );
        routes = meter.CreateGauge<int>("tombolo.agent.routes", null, "Routes told to this node.");
        streams = meter.CreateGauge<int>(
            "tombolo.agent.stream.connected",
            null,
            "1 while the stream to a route server is open."
        );
        warnings = meter.CreateGauge<int>(
            "tombolo.agent.warnings",
            null,
            "What this node degraded or cannot do now; its status says what."
        );
    }

    /// <summary>Counts the kernel's drops when asked.</summary>
    public void Watch(Func<IReadOnlyList<DumpedDrop>> drops) =>
        meter.CreateObservableCounter(
            "tombolo.datapath.drops",
            () =>
                drops()
                    .Select(drop => new Measurement<long>(
                        (long)drop.Packets,
                        new("reason", drop.Reason),
                        new("direction", drop.Direction),
                        new("vrf", drop.Vrf)
                    )),
            null,
            "Packets dropped, by reason (docs/drops.md), direction and index of the VRF."
        );

    public void Applied(TimeSpan took, bool held, int up, int bound, int told)
    {
        applied.Record(took.TotalSeconds);
        refused.Add(held ? 0 : 1);
        interfaces.Record(up, new KeyValuePair<string, object?>("state", "up"));
        interfaces.Record(bound, new KeyValuePair<string, object?>("state", "bound"));
        routes.Record(told);
    }

    public void Warned(int count) => warnings.Record(count);

    public void Connected(string server, bool connected) =>
        streams.Record(connected ? 1 : 0, new KeyValuePair<string, object?>("server", server));

    public async Task<CniAnswer> TimeAsync(CniRequest request, Func<Task<CniAnswer>> answer)
    {
        var began = Stopwatch.GetTimestamp();
        var given = await answer();
        cni.Record(
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            new KeyValuePair<string, object?>("command", request.Command),
            new KeyValuePair<string, object?>("code", given.Error?.Code ?? 0)
        );
        return given;
    }

    public void Dispose() => meter.Dispose();
}
