using k8s.Models;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>Pods from creation to their end: real API server, real kubelet, plain processes.</summary>
public sealed class PodLifeTests : IAsyncLifetime
{
    private TestCluster cluster = null!; // made before each test
    private TestKubelet kubelet = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await TestCluster.StartAsync(TestKubelet.Token);
        kubelet = new TestKubelet(cluster);
        kubelet.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await kubelet.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Runs_a_pod_with_the_addresses_that_the_plugin_gave()
    {
        await cluster.CreatePodAsync("p", TestCluster.Shell("sleep 1000"));
        var pod = await cluster.PodAsync("p", IsReady, "ready");
        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("10.1.0.1", pod.Status.PodIP);
        Assert.Equal(["10.1.0.1", "fd10::1"], pod.Status.PodIPs.Select(ip => ip.Ip));
        Assert.Equal("127.0.0.1", pod.Status.HostIP);
        var status = Assert.Single(pod.Status.ContainerStatuses);
        Assert.NotNull(status.State.Running.StartedAt);
        Assert.StartsWith("lab://", status.ContainerID);
        await cluster.EventAsync("p", "Created");
        await cluster.EventAsync("p", "Started");
    }

    private static bool IsReady(V1Pod pod) => Has(pod, "Ready");

    private static bool Has(V1Pod pod, string condition, string status = "True") =>
        pod.Status?.Conditions?.Any(c => c.Type == condition && c.Status == status) == true;
}
