using k8s.Models;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>A cluster with one kubelet, for all tests of a class.</summary>
public sealed class KubeletFixture : IAsyncLifetime
{
    public TestCluster Cluster { get; private set; } = null!; // made before the first test

    internal TestKubelet Kubelet { get; private set; } = null!; // as above

    public async ValueTask InitializeAsync()
    {
        Cluster = await TestCluster.StartAsync(TestKubelet.Token);
        Kubelet = new TestKubelet(Cluster);
        Kubelet.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await Kubelet.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    internal static bool IsReady(V1Pod pod) =>
        pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;
}
