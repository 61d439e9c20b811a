using k8s.Models;
using Tombolo.Cluster.Kubelet;
using static Tombolo.Tests.Cluster.Kubelet.KubeletFixture;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>A kubelet that starts again takes over what the one before it left.</summary>
public sealed class TakeOverTests(KubeletFixture fixture) : IClassFixture<KubeletFixture>
{
    private readonly TestCluster cluster = fixture.Cluster;
    private readonly TestKubelet kubelet = fixture.Kubelet;

    [Fact]
    public async Task Running_pods_run_on_and_what_is_not_wanted_any_more_goes()
    {
        kubelet.Start(); // a test before this one may have stopped it
        await cluster.CreatePodAsync("stays", TestCluster.Shell("echo $$; exec sleep 1000"));
        await cluster.CreatePodAsync("goes", TestCluster.Shell("exec sleep 1000"));
        await cluster.CreatePodAsync("dies", TestCluster.Shell("exec sleep 1000"));
        var before = await cluster.PodAsync("stays", IsReady, "is ready");
        await cluster.PodAsync("goes", IsReady, "is ready");
        var dying = await cluster.PodAsync("dies", IsReady, "is ready");
        await kubelet.StopAsync();

        await cluster.DeletePodAsync("goes", grace: 0); // by force: the API server forgets it at once
        await Soon.BeAsync(async () => await cluster.PodAsync("goes") is null, "it is forgotten");
        Process(dying).Kill();
        var orphan = new SandboxSpec("orphan", "default", "x", "u", "x", null, cluster.Folder);
        await kubelet.Sandbox.CreateAsync(orphan, TestCluster.Cancel);
        kubelet.Start();

        var restarted = await cluster.PodAsync(
            "dies",
            p => IsReady(p) && p.Status.ContainerStatuses[0].RestartCount == 1,
            "is restarted"
        );
        Assert.Equal("ContainerStatusUnknown", restarted.Status.ContainerStatuses[0].LastState.Terminated.Reason);
        var after = await cluster.PodAsync("stays", IsReady, "is ready");
        Assert.Equal(before.Status.ContainerStatuses[0].ContainerID, after.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal(0, after.Status.ContainerStatuses[0].RestartCount);
        await Soon.BeAsync(
            () => kubelet.Sandbox.List().All(handle => handle.Id != "orphan" && handle.Id != Sandbox("goes")),
            "sandboxes of nobody are gone"
        );
        Assert.Contains(
            kubelet.Plugin.Calls(),
            call =>
                call.Environment["CNI_COMMAND"] == "DEL" && call.Environment["CNI_ARGS"].Contains("K8S_POD_NAME=goes;")
        );

        Process(after).Kill(); // its end is seen although an earlier kubelet started it
        await cluster.PodAsync("stays", p => p.Status.ContainerStatuses[0].RestartCount == 1, "is restarted");
    }

    [Fact]
    public async Task A_lost_sandbox_is_made_anew_with_its_containers()
    {
        kubelet.Start();
        await cluster.CreatePodAsync("lost", TestCluster.Shell("exec sleep 1000"));
        var before = await cluster.PodAsync("lost", IsReady, "is ready");
        await kubelet.StopAsync();
        await kubelet.Sandbox.RemoveAsync(Sandbox("lost")!, TestCluster.Cancel);
        kubelet.Start();
        var after = await cluster.PodAsync(
            "lost",
            p => IsReady(p) && p.Status.ContainerStatuses[0].RestartCount == 1,
            "is restarted"
        );
        Assert.NotEqual(before.Status.PodIP, after.Status.PodIP);
        Assert.Equal(2, after.Status.PodIPs.Count);
        await cluster.EventAsync("lost", "SandboxChanged");
    }

    [Fact]
    public async Task A_node_is_ready_only_with_a_network_configuration()
    {
        kubelet.Start();
        await NodeIsAsync("True", "kubelet is posting ready status");
        Directory.Delete(kubelet.ConfigDirectory, recursive: true);
        await NodeIsAsync("False", "cni plugin not initialized");
        Directory.CreateDirectory(kubelet.ConfigDirectory);
        kubelet.WriteConfig();
        await NodeIsAsync("True", "kubelet is posting ready status");
        var lease = await cluster.Client.FindAsync<V1Lease>("kube-node-lease", "node-1", TestCluster.Cancel);
        Assert.Equal("node-1", lease?.Spec.HolderIdentity);
        Assert.NotNull(lease?.Spec.RenewTime);
    }

    private Task NodeIsAsync(string ready, string words) =>
        Soon.BeAsync(
            async () =>
                (await cluster.Client.FindAsync<V1Node>(null, "node-1", TestCluster.Cancel))?.Status?.Conditions?.Any(
                    c => c.Type == "Ready" && c.Status == ready && c.Message.Contains(words)
                ) == true,
            $"node-1 is ready: {ready}"
        );

    private PlainProcess Process(V1Pod pod)
    {
        var state = PodState.Load(Path.Combine(kubelet.StateDirectory, "pods", pod.Metadata.Uid))!;
        var main = state.Containers["main"];
        return PlainProcess.Adopt(main.Pid, main.ProcessStart)!;
    }

    private string? Sandbox(string pod) => kubelet.Sandbox.Made.LastOrDefault(spec => spec.PodName == pod)?.Id;
}
