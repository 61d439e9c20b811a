using k8s.Models;
using Tombolo.Cluster.Kubelet;
using static Tombolo.Tests.Cluster.Kubelet.KubeletFixture;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>Probes: when they change their mind, and what follows.</summary>
public sealed class ProbeTests(KubeletFixture fixture) : IClassFixture<KubeletFixture>
{
    private readonly TestCluster cluster = fixture.Cluster;

    [Theory]
    [InlineData(false, "+", true, false)]
    [InlineData(false, "-", false, false)]
    [InlineData(true, "--", true, false)] // two of three failures
    [InlineData(true, "---", false, true)]
    [InlineData(true, "--+--", true, false)] // not in a row
    [InlineData(true, "---+", true, false)]
    public void Thresholds_count_results_in_a_row(bool initial, string results, bool passing, bool failed)
    {
        var counter = new ProbeCounter(initial, successThreshold: 1, failureThreshold: 3);
        foreach (var result in results)
        {
            counter.Observe(result == '+');
        }
        Assert.Equal((passing, failed), (counter.Passing, counter.Failed));
    }

    [Fact]
    public async Task Readiness_follows_its_command()
    {
        var file = Path.Combine(cluster.Folder, "ready");
        var spec = TestCluster.Shell("exec sleep 1000");
        spec.Containers[0].ReadinessProbe = Exec($"echo looking; test -e {file}", failures: 1);
        await cluster.CreatePodAsync("readiness", spec);
        await cluster.EventAsync("readiness", "Unhealthy", "Readiness probe failed: looking");
        var pod = await cluster.PodAsync("readiness", p => p.Status?.Phase == "Running", "runs");
        Assert.False(IsReady(pod));
        await File.WriteAllTextAsync(file, "", TestCluster.Cancel);
        await cluster.PodAsync("readiness", IsReady, "is ready");
        File.Delete(file);
        await cluster.PodAsync("readiness", p => !IsReady(p), "is unready again");
    }

    [Fact]
    public async Task Liveness_restarts_the_container()
    {
        var file = Path.Combine(cluster.Folder, "alive");
        var spec = TestCluster.Shell($"touch {file}; exec sleep 1000");
        spec.Containers[0].LivenessProbe = Exec($"test -e {file}", failures: 1, delay: 1);
        await cluster.CreatePodAsync("liveness", spec);
        await cluster.PodAsync("liveness", IsReady, "is ready");
        await Soon.BeAsync(() => File.Exists(file), "it has begun");
        File.Delete(file);
        await cluster.PodAsync("liveness", p => p.Status?.ContainerStatuses?[0].RestartCount == 1, "is restarted");
        await cluster.EventAsync("liveness", "Killing", "failed liveness probe, will be restarted");
        await cluster.PodAsync("liveness", IsReady, "is ready again");
    }

    [Fact]
    public async Task Startup_comes_first_and_a_command_that_hangs_fails()
    {
        var file = Path.Combine(cluster.Folder, "started");
        var spec = TestCluster.Shell("exec sleep 1000");
        spec.Containers[0].StartupProbe = Exec($"test -e {file} || exec sleep 1000", failures: 30);
        await cluster.CreatePodAsync("startup", spec);
        await cluster.EventAsync("startup", "Unhealthy", "Startup probe failed: command timed out after 1 s");
        var pod = await cluster.PodAsync("startup", p => p.Status?.Phase == "Running", "runs");
        Assert.False(pod.Status.ContainerStatuses[0].Started);
        await File.WriteAllTextAsync(file, "", TestCluster.Cancel);
        pod = await cluster.PodAsync("startup", IsReady, "is ready");
        Assert.True(pod.Status.ContainerStatuses[0].Started);
    }

    [Fact]
    public async Task Other_probes_leave_the_pod_unready_with_an_event()
    {
        var spec = TestCluster.Shell("exec sleep 1000");
        spec.Containers[0].ReadinessProbe = new()
        {
            HttpGet = new() { Port = 8080, Path = "/" },
        };
        spec.Containers[0].LivenessProbe = new() { TcpSocket = new() { Port = 8080 } };
        await cluster.CreatePodAsync("http", spec);
        var warning = await cluster.EventAsync("http", "ProbeNotSupported", "HTTP and TCP probes");
        Assert.Contains("later version", warning.Message);
        var pod = await cluster.PodAsync("http", p => p.Status?.Phase == "Running", "runs");
        Assert.False(IsReady(pod));
    }

    private static V1Probe Exec(string script, int failures, int delay = 0) =>
        new()
        {
            Exec = new() { Command = ["/bin/sh", "-c", script] },
            PeriodSeconds = 1,
            TimeoutSeconds = 1,
            FailureThreshold = failures,
            InitialDelaySeconds = delay,
        };
}
