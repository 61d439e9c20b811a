using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Tombolo.Telemetry;

namespace Tombolo.Tests.Measured;

public sealed class MetricsTextTests
{
    [Fact]
    public void Writes_counters_gauges_and_histograms_as_Prometheus_reads_them()
    {
        using var meter = new Meter("Test.Writes");
        using var text = new MetricsText("Test.Writes");
        var counter = meter.CreateCounter<long>("test.asked", null, "How\noften.");
        counter.Add(2, new KeyValuePair<string, object?>("who", "a\"b\\c\n"));
        counter.Add(3, new KeyValuePair<string, object?>("who", "a\"b\\c\n"));
        meter.CreateGauge<int>("test.level", "By").Record(7);
        var histogram = meter.CreateHistogram<double>("test.took", "s");
        histogram.Record(0.004, new KeyValuePair<string, object?>("x", 1));
        histogram.Record(99, new KeyValuePair<string, object?>("x", 1));
        var observed = new List<Measurement<long>> { new(4, new KeyValuePair<string, object?>("k", "v")) };
        meter.CreateObservableCounter("test.seen", () => observed);

        var lines = text.Write().Split('\n');
        Assert.Contains("# HELP test_asked_total How\\noften.", lines);
        Assert.Contains("# TYPE test_asked_total counter", lines);
        Assert.Contains("test_asked_total{who=\"a\\\"b\\\\c\\n\"} 5", lines);
        Assert.Contains("# TYPE test_level_bytes gauge", lines);
        Assert.Contains("test_level_bytes 7", lines);
        Assert.Contains("# TYPE test_took_seconds histogram", lines);
        Assert.Contains("test_took_seconds_bucket{x=\"1\",le=\"0.0025\"} 0", lines);
        Assert.Contains("test_took_seconds_bucket{x=\"1\",le=\"0.005\"} 1", lines);
        Assert.Contains("test_took_seconds_bucket{x=\"1\",le=\"+Inf\"} 2", lines);
        Assert.Contains("test_took_seconds_sum{x=\"1\"} 99.004", lines);
        Assert.Contains("test_took_seconds_count{x=\"1\"} 2", lines);
        Assert.Contains("test_seen_total{k=\"v\"} 4", lines);

        observed.Clear(); // what is seen no more is told no more
        Assert.DoesNotContain("test_seen_total{k=\"v\"} 4", text.Write().Split('\n'));
    }

    [Fact]
    public async Task The_door_serves_metrics_and_nothing_else()
    {
        using var stop = new CancellationTokenSource();
        var refused = new ConcurrentQueue<string>();
        var at = new IPEndPoint(IPAddress.Loopback, FreePort());
        var running = MetricsDoor.RunAsync(at.ToString(), refused.Enqueue, stop.Token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{at}") };
        var cancel = TestContext.Current.CancellationToken;
        Assert.Contains("dotnet_process_cpu_time_seconds_total", await http.GetStringAsync("/metrics", cancel));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/", cancel)).StatusCode);
        Assert.Empty(refused);
        // Who cannot be measured works on all the same.
        var second = MetricsDoor.RunAsync(at.ToString(), refused.Enqueue, stop.Token);
        Assert.Contains($"{at}", Assert.Single(refused), StringComparison.Ordinal);
        Assert.False(second.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAsync<FormatException>(() => MetricsDoor.RunAsync("nowhere", refused.Enqueue, cancel));
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
