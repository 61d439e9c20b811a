using k8s.Models;
using static Tombolo.Tests.Cluster.Kubelet.KubeletFixture;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>Pods from creation to their end: real API server, real kubelet, plain processes.</summary>
public sealed class PodLifeTests(KubeletFixture fixture) : IClassFixture<KubeletFixture>
{
    private readonly TestCluster cluster = fixture.Cluster;
    private readonly TestKubelet kubelet = fixture.Kubelet;

    [Fact]
    public async Task Runs_a_pod_with_the_addresses_that_the_plugin_gave()
    {
        await cluster.CreatePodAsync("p", TestCluster.Shell("exec sleep 1000"));
        var pod = await cluster.PodAsync("p", IsReady, "is ready");
        var call = kubelet.Plugin.Calls().Single(call => call.Environment["CNI_ARGS"].Contains("K8S_POD_NAME=p;"));
        var addresses = pod.Status.PodIPs.Select(ip => ip.Ip).ToList();
        Assert.Equal("Running", pod.Status.Phase);
        Assert.StartsWith("10.1.", pod.Status.PodIP);
        Assert.Equal(pod.Status.PodIP, addresses[0]);
        Assert.StartsWith("fd10::", addresses[1]);
        Assert.Equal("127.0.0.1", pod.Status.HostIP);
        var status = Assert.Single(pod.Status.ContainerStatuses);
        Assert.NotNull(status.State.Running.StartedAt);
        Assert.StartsWith("lab://", status.ContainerID);
        Assert.Equal(
            $"IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=p;K8S_POD_INFRA_CONTAINER_ID={call.Environment["CNI_CONTAINERID"]};"
                + $"K8S_POD_UID={pod.Metadata.Uid}",
            call.Environment["CNI_ARGS"]
        );
        await cluster.EventAsync("p", "Created");
        await cluster.EventAsync("p", "Started");
    }

    [Fact]
    public async Task Ends_a_pod_in_order_and_leaves_nothing()
    {
        var marker = Path.Combine(cluster.Folder, "ended-in-order");
        await cluster.CreatePodAsync(
            "ends",
            TestCluster.Shell($"trap 'touch {marker}; exit 0' TERM; touch {marker}.begun; while :; do sleep 0.05; done")
        );
        var pod = await cluster.PodAsync("ends", IsReady, "is ready");
        await Soon.BeAsync(() => File.Exists(marker + ".begun"), "it listens to signals");
        await cluster.DeletePodAsync("ends", grace: 20);
        await GoneAsync("ends");
        Assert.True(File.Exists(marker));
        var folder = Path.Combine(kubelet.StateDirectory, "pods", pod.Metadata.Uid);
        await Soon.BeAsync(() => !Directory.Exists(folder), "its folder is gone");
        Assert.DoesNotContain(kubelet.Sandbox.List(), handle => handle.Id == Sandbox("ends"));
        Assert.Equal(["ADD", "DEL"], Commands("ends"));
        await cluster.EventAsync("ends", "Killing", "Stopping container main");
    }

    [Fact]
    public async Task Kills_what_does_not_end_in_time()
    {
        await cluster.CreatePodAsync("deaf", TestCluster.Shell("trap '' TERM; while :; do sleep 0.05; done"));
        await cluster.PodAsync("deaf", IsReady, "is ready");
        await cluster.DeletePodAsync("deaf", grace: 1);
        await GoneAsync("deaf");
    }

    [Theory]
    [InlineData("good", "exit 0", "Succeeded", 0, "Completed")]
    [InlineData("bad", "exit 3", "Failed", 3, "Error")]
    public async Task A_pod_that_is_not_restarted_is_over(
        string name,
        string script,
        string phase,
        int code,
        string reason
    )
    {
        await cluster.CreatePodAsync(name, TestCluster.Shell(script, restart: "Never"));
        var pod = await cluster.PodAsync(name, p => p.Status?.Phase == phase, $"is {phase}");
        var end = pod.Status.ContainerStatuses.Single().State.Terminated;
        Assert.Equal((code, reason), (end.ExitCode, end.Reason));
        await Soon.BeAsync(() => Commands(name) is ["ADD", "DEL"], "its network is taken away");
        await cluster.DeletePodAsync(name);
        await GoneAsync(name);
    }

    [Fact]
    public async Task A_container_that_ends_again_and_again_waits_longer()
    {
        await cluster.CreatePodAsync("crash", TestCluster.Shell("exit 7"));
        var pod = await cluster.PodAsync(
            "crash",
            p => p.Status?.ContainerStatuses?.Single().State.Waiting?.Reason == "CrashLoopBackOff",
            "is in CrashLoopBackOff"
        );
        var status = pod.Status.ContainerStatuses.Single();
        Assert.Equal(1, status.RestartCount); // once at once, then it waits
        Assert.Equal(7, status.LastState.Terminated.ExitCode);
        Assert.Equal("Running", pod.Status.Phase);
        await cluster.EventAsync("crash", "BackOff", "Back-off restarting failed container main");
        await cluster.DeletePodAsync("crash");
        await GoneAsync("crash");
    }

    [Fact]
    public async Task Init_containers_run_one_by_one_before_the_others()
    {
        var log = Path.Combine(cluster.Folder, "order");
        var spec = TestCluster.Shell($"echo main >> {log}; exec sleep 1000");
        spec.InitContainers =
        [
            TestCluster.ShellContainer("first", $"sleep 0.3; echo first >> {log}"),
            TestCluster.ShellContainer("second", $"echo second >> {log}"),
        ];
        await cluster.CreatePodAsync("init", spec);
        var pod = await cluster.PodAsync("init", IsReady, "is ready");
        Assert.Equal(["first", "second", "main"], await LinesAsync(log, 3));
        Assert.All(
            pod.Status.InitContainerStatuses,
            status => Assert.Equal("Completed", status.State.Terminated.Reason)
        );
    }

    [Fact]
    public async Task The_environment_has_names_fields_and_maps_and_waits_for_a_map()
    {
        var log = Path.Combine(cluster.Folder, "environment");
        var spec = TestCluster.Shell("");
        spec.Containers[0].Command =
        [
            "/bin/sh",
            "-c",
            $"env > {log}.next; echo \"$0\" >> {log}.next; mv {log}.next {log}; exec sleep 1000",
            "$(PLAIN)-$$(PLAIN)",
        ];
        spec.Containers[0].Env =
        [
            new() { Name = "PLAIN", Value = "of $(POD_NAME)" },
            new()
            {
                Name = "UID_",
                ValueFrom = new() { FieldRef = new() { FieldPath = "metadata.uid" } },
            },
            new()
            {
                Name = "IPS",
                ValueFrom = new() { FieldRef = new() { FieldPath = "status.podIPs" } },
            },
            new()
            {
                Name = "MAPPED",
                ValueFrom = new()
                {
                    ConfigMapKeyRef = new() { Name = "settings", Key = "k" },
                },
            },
            new()
            {
                Name = "NONE",
                ValueFrom = new()
                {
                    ConfigMapKeyRef = new()
                    {
                        Name = "none",
                        Key = "k",
                        Optional = true,
                    },
                },
            },
        ];
        await cluster.CreatePodAsync("env", spec);
        await cluster.PodAsync(
            "env",
            p => p.Status?.ContainerStatuses?.Single().State.Waiting is { Reason: "CreateContainerConfigError" },
            "waits for its ConfigMap"
        );
        await cluster.Client.CreateAsync(
            new V1ConfigMap
            {
                ApiVersion = "v1",
                Kind = "ConfigMap",
                Metadata = new() { Name = "settings", NamespaceProperty = "default" },
                Data = new Dictionary<string, string> { ["k"] = "v" },
            },
            TestCluster.Cancel
        );
        var pod = await cluster.PodAsync("env", IsReady, "is ready");
        var lines = await LinesAsync(log, 8);
        Assert.Contains("POD_NAME=env", lines);
        Assert.Contains("POD_NAMESPACE=default", lines);
        Assert.Contains("NODE_NAME=node-1", lines);
        Assert.Contains("PLAIN=of env", lines);
        Assert.Contains($"UID_={pod.Metadata.Uid}", lines);
        Assert.Contains($"IPS={string.Join(',', pod.Status.PodIPs.Select(ip => ip.Ip))}", lines);
        Assert.Contains("MAPPED=v", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("NONE=", StringComparison.Ordinal));
        Assert.Contains("of env-$(PLAIN)", lines);
    }

    [Fact]
    public async Task An_image_without_a_command_cannot_be_pulled_and_says_so()
    {
        await cluster.CreatePodAsync(
            "image",
            new() { NodeName = "node-1", Containers = [new() { Name = "c", Image = "nginx:1.27" }] }
        );
        var pod = await cluster.PodAsync(
            "image",
            p => p.Status?.ContainerStatuses?.Single().State.Waiting?.Reason == "ErrImagePull",
            "waits for its image"
        );
        Assert.Contains("lab/echo, lab/pause", pod.Status.ContainerStatuses[0].State.Waiting.Message);
        await cluster.EventAsync("image", "Failed", "nginx:1.27");
    }

    [Fact]
    public async Task Pause_is_a_pod_without_a_process()
    {
        await cluster.CreatePodAsync(
            "pause",
            new() { NodeName = "node-1", Containers = [new() { Name = "c", Image = "lab/pause:1" }] }
        );
        await cluster.PodAsync("pause", IsReady, "is ready");
        await cluster.DeletePodAsync("pause");
        await GoneAsync("pause");
    }

    [Fact]
    public async Task A_network_that_fails_is_an_event_and_is_tried_again()
    {
        var waiting = new FakePluginRefusal(kubelet.Plugin);
        await cluster.CreatePodAsync("waits", TestCluster.Shell("exec sleep 1000"));
        var failed = await cluster.EventAsync("waits", "FailedCreatePodSandBox");
        Assert.Equal("Warning", failed.Type);
        Assert.Equal(
            "Failed to create pod sandbox: failed to setup network: plugin type=\"fake\" name=\"net\" failed (add): "
                + "code 11: no such network; name: net-x",
            failed.Message
        );
        var pod = await cluster.PodAsync("waits", p => p.Status?.StartTime is not null, "is known");
        Assert.Equal("Pending", pod.Status.Phase);
        Assert.Equal("ContainerCreating", pod.Status.ContainerStatuses.Single().State.Waiting.Reason);
        waiting.Dispose();
        await cluster.PodAsync("waits", IsReady, "is ready");
        var commands = Commands("waits");
        Assert.Equal("ADD", commands[0]);
        Assert.Equal("DEL", commands[1]); // what a failed ADD may have left is taken away at once
        Assert.Equal("ADD", commands[^1]);
    }

    [Fact]
    public async Task Sixty_pods_start_together()
    {
        var names = Enumerable.Range(0, 60).Select(i => $"many-{i}").ToList();
        await Task.WhenAll(
            names.Select(name =>
                cluster.CreatePodAsync(
                    name,
                    new() { NodeName = "node-1", Containers = [new() { Name = "c", Image = "lab/pause" }] }
                )
            )
        );
        foreach (var name in names)
        {
            await cluster.PodAsync(name, IsReady, "is ready");
        }
        await Task.WhenAll(names.Select(name => cluster.DeletePodAsync(name)));
        foreach (var name in names)
        {
            await GoneAsync(name);
        }
    }

    private Task GoneAsync(string name) =>
        Soon.BeAsync(async () => await cluster.PodAsync(name) is null, $"pod {name} is gone");

    private string? Sandbox(string pod) => kubelet.Sandbox.Made.LastOrDefault(spec => spec.PodName == pod)?.Id;

    private List<string> Commands(string pod) =>
        [
            .. kubelet
                .Plugin.Calls()
                .Where(call => call.Environment["CNI_ARGS"].Contains($"K8S_POD_NAME={pod};"))
                .Select(call => call.Environment["CNI_COMMAND"]),
        ];

    private static async Task<string[]> LinesAsync(string file, int atLeast)
    {
        await Soon.BeAsync(() => File.Exists(file) && File.ReadAllLines(file).Length >= atLeast, $"{file} is written");
        return File.ReadAllLines(file);
    }

    /// <summary>While it lives every ADD is refused; others' pods of this time come up after it.</summary>
    private sealed class FakePluginRefusal : IDisposable
    {
        private readonly FakePlugin plugin;

        public FakePluginRefusal(FakePlugin plugin)
        {
            this.plugin = plugin;
            plugin.Refuse(
                "ADD",
                """{"cniVersion":"1.1.0","code":11,"msg":"no such network","details":"name: net-x"}"""
            );
        }

        public void Dispose() => plugin.Accept("ADD");
    }
}
