using k8s.Models;
using Tombolo.Cluster.Controllers;
using Tombolo.Cluster.Scheduler;
using Tombolo.Tests.Cluster.Kubelet;

namespace Tombolo.Tests.Cluster.Controllers;

/// <summary>Deployments from object to running pods: API server, controllers, scheduler and a kubelet, all real.</summary>
public sealed class WorkloadTests : IAsyncLifetime
{
    private readonly CancellationTokenSource stop = new();
    private TestCluster cluster = null!; // made before each test
    private TestKubelet kubelet = null!;
    private Task running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        cluster = await TestCluster.StartAsync();
        kubelet = new TestKubelet(cluster);
        kubelet.Start();
        var options = new ControllersOptions { Kubeconfig = cluster.Kubeconfig, NodeGrace = TimeSpan.FromSeconds(3) };
        running = Task.WhenAll(
            ClusterControllers.RunAsync(options, stop.Token),
            SchedulerRole.RunAsync(cluster.Kubeconfig, stop.Token)
        );
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        await kubelet.DisposeAsync();
        await cluster.DisposeAsync();
        stop.Dispose();
    }

    [Fact]
    public async Task Rolls_out_scales_and_rolls_back()
    {
        var made = await cluster.Client.CreateAsync(Web(3, "one"), TestCluster.Cancel);
        var first = await CompleteAsync(3, 1);
        Assert.Equal("1", first.Metadata.Annotations["deployment.kubernetes.io/revision"]);
        var pods = await PodsAsync();
        Assert.All(pods, pod => Assert.Equal("node-1", pod.Spec.NodeName));
        await cluster.EventAsync(pods[0].Metadata.Name, "Scheduled", "to node-1");

        await PatchAsync("""{"spec":{"template":{"metadata":{"annotations":{"v":"two"}}}}}""");
        await CompleteAsync(3, 2);
        Assert.DoesNotContain(await PodsAsync(), pod => pods.Any(old => old.Metadata.Uid == pod.Metadata.Uid));
        var sets = await SetsAsync();
        Assert.Equal([0, 3], sets.Select(set => set.Spec.Replicas ?? 0).Order());
        Assert.All(sets, set => Assert.Equal(made.Metadata.Uid, set.Metadata.OwnerReferences.Single().Uid));

        await PatchAsync("""{"spec":{"template":{"metadata":{"annotations":{"v":"one"}}}}}""");
        await CompleteAsync(3, 3);
        sets = await SetsAsync();
        Assert.Equal(2, sets.Count);
        Assert.Equal(
            "3",
            sets.Single(set => set.Spec.Replicas == 3).Metadata.Annotations["deployment.kubernetes.io/revision"]
        );

        await PatchAsync("""{"spec":{"replicas":1}}""");
        await CompleteAsync(1, 3);
        await Soon.BeAsync(async () => (await PodsAsync()).Count == 1, "one pod is left");
    }

    [Fact]
    public async Task Replaces_a_pod_that_was_deleted_and_adopts_an_orphan()
    {
        var orphan = TestCluster.Shell("sleep 1000", node: null);
        await cluster.Client.CreateAsync(
            new V1Pod
            {
                ApiVersion = "v1",
                Kind = "Pod",
                Metadata = new()
                {
                    Name = "orphan",
                    NamespaceProperty = "default",
                    Labels = Labels,
                },
                Spec = orphan,
            },
            TestCluster.Cancel
        );
        await cluster.Client.CreateAsync(Set(2), TestCluster.Cancel);
        await Soon.BeAsync(async () => (await PodsAsync()).Count(Ready) == 2, "two pods are ready");
        var adopted = await cluster.PodAsync("orphan");
        Assert.Equal("web", adopted?.Metadata.OwnerReferences.Single().Name);
        await cluster.DeletePodAsync("orphan");
        await Soon.BeAsync(
            async () => await cluster.PodAsync("orphan") is null && (await PodsAsync()).Count(Ready) == 2,
            "another pod takes its place"
        );
    }

    [Fact]
    public async Task A_silent_node_is_unknown_and_tainted_and_comes_back()
    {
        await NodeAsync(node => Status(node) == "True" && node.Spec?.Taints is null or { Count: 0 }, "is ready");
        await kubelet.StopAsync();
        var silent = await NodeAsync(node => node.Spec?.Taints is { Count: 2 }, "is tainted");
        Assert.Equal("Unknown", Status(silent));
        Assert.All(silent.Spec.Taints, taint => Assert.Equal("node.kubernetes.io/unreachable", taint.Key));
        await cluster.CreatePodAsync("late", TestCluster.Shell("sleep 1000", node: null));
        await cluster.EventAsync(
            "late",
            "FailedScheduling",
            "0/1 nodes are available: 1 node(s) had untolerated taint"
        );

        kubelet.Start();
        await NodeAsync(node => Status(node) == "True" && node.Spec?.Taints is null or { Count: 0 }, "is ready again");
        await cluster.PodAsync("late", Ready, "is ready");
    }

    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web" };

    private static V1Deployment Web(int replicas, string version) =>
        new()
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = new() { Name = "web", NamespaceProperty = "default" },
            Spec = new()
            {
                Replicas = replicas,
                Selector = new() { MatchLabels = Labels },
                Template = Template(version),
            },
        };

    private static V1ReplicaSet Set(int replicas) =>
        new()
        {
            ApiVersion = "apps/v1",
            Kind = "ReplicaSet",
            Metadata = new() { Name = "web", NamespaceProperty = "default" },
            Spec = new()
            {
                Replicas = replicas,
                Selector = new() { MatchLabels = Labels },
                Template = Template("one"),
            },
        };

    private static V1PodTemplateSpec Template(string version) =>
        new()
        {
            Metadata = new()
            {
                Labels = Labels,
                Annotations = new Dictionary<string, string> { ["v"] = version },
            },
            Spec = TestCluster.Shell("exec sleep 1000", node: null),
        };

    private Task<V1Deployment> PatchAsync(string patch) =>
        cluster.Client.PatchAsync<V1Deployment>("default", "web", patch, null, TestCluster.Cancel);

    private Task<V1Deployment> CompleteAsync(int replicas, int revision) =>
        Soon.FindAsync(
            async () =>
            {
                var web = await cluster.Client.FindAsync<V1Deployment>("default", "web", TestCluster.Cancel);
                return
                    web?.Metadata.Annotations?["deployment.kubernetes.io/revision"] == $"{revision}"
                    && web.Status?.ObservedGeneration == web.Metadata.Generation
                    && web.Status is { } status
                    && status.UpdatedReplicas == replicas
                    && status.Replicas == replicas
                    && status.AvailableReplicas == replicas
                    && status.Conditions.Any(c => c is { Type: "Progressing", Reason: "NewReplicaSetAvailable" })
                    ? web
                    : null;
            },
            $"{replicas} of revision {revision} are available"
        );

    private async Task<List<V1Pod>> PodsAsync() =>
        [
            .. (await cluster.Client.ListAsync<V1Pod>("?labelSelector=app%3Dweb", TestCluster.Cancel)).Items.Where(
                pod => pod.Metadata.DeletionTimestamp is null
            ),
        ];

    private async Task<List<V1ReplicaSet>> SetsAsync() =>
        [.. (await cluster.Client.ListAsync<V1ReplicaSet>("", TestCluster.Cancel)).Items];

    private Task<V1Node> NodeAsync(Func<V1Node, bool> is_, string what) =>
        Soon.FindAsync(
            async () =>
                await cluster.Client.FindAsync<V1Node>(null, "node-1", TestCluster.Cancel) is { } node && is_(node)
                    ? node
                    : null,
            $"node-1 {what}"
        );

    private static string? Status(V1Node node) =>
        node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status;

    private static bool Ready(V1Pod pod) =>
        pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;
}
