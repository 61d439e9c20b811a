using System.Diagnostics.Metrics;

namespace Tombolo.RouteServer.Model;

/// <summary>What a route server measures; docs/metrics.md says what each tells.</summary>
internal sealed class ModelMetrics : IDisposable
{
    private readonly Meter meter = new("Tombolo.RouteServer");
    private readonly Histogram<double> flushed;
    private readonly Counter<long> entries;
    private readonly Gauge<long> version;
    private readonly Gauge<int> nodes;
    private readonly Gauge<int> synced;

    public ModelMetrics()
    {
        flushed = meter.CreateHistogram<double>(
            "tombolo.routeserver.flush",
            "s",
            "Time from a change to what each node must hold."
        );
        entries = meter.CreateCounter<long>("tombolo.routeserver.entries", null, "Entries put and removed for nodes.");
        version = meter.CreateGauge<long>(
            "tombolo.routeserver.version",
            null,
            "Version of the model: each change that a node must hear of."
        );
        nodes = meter.CreateGauge<int>(
            "tombolo.routeserver.nodes",
            null,
            "Nodes known, by whether their agent is connected."
        );
        synced = meter.CreateGauge<int>(
            "tombolo.routeserver.synced",
            null,
            "1 once all lists are complete and agents got their end of sync."
        );
    }

    public void Flushed(TimeSpan took, ulong now, int told)
    {
        flushed.Record(took.TotalSeconds);
        entries.Add(told);
        version.Record((long)now);
    }

    public void Seen(int connected, int known, bool inSync)
    {
        nodes.Record(connected, new KeyValuePair<string, object?>("connected", "true"));
        nodes.Record(known - connected, new KeyValuePair<string, object?>("connected", "false"));
        synced.Record(inSync ? 1 : 0);
    }

    public void Dispose() => meter.Dispose();
}
