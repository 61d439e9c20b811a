using System.Text.Json.Nodes;
using Tombolo.Lab;

namespace Tombolo.Tests.SystemTests;

/// <summary>The product's main job as a user meets it: the example, then networks made and taken away by hand with kubectl.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class IslandsTests : IDisposable
{
    private readonly LabUnderTest lab = new("i");

    [Fact]
    public async Task Pods_reach_their_own_network_and_nobody_else()
    {
        lab.Up();

        using (var wire = new Wire(lab.Place.NodeNetns("node-1"), "eth0"))
        {
            AssertReachIsByNetwork(8);
            // Every packet between pods is encapsulated; no pod's address is an outer one.
            await Wait.UntilAsync(() => wire.Encapsulated > 0, "pods' packets are on the underlay");
            Assert.Empty(wire.Strangers);
        }
        Assert.Equal(lab.NodeOf("red", "a"), lab.NodeOf("blue", "a"));
        // Status is written within a second of the acknowledgement.
        await Wait.UntilAsync(
            () => lab.TryTombolo("status", "--kubeconfig", lab.Place.Kubeconfig),
            "tombolo status says that all is well",
            LabUnderTest.Minutes
        );

        AssertMeasured();
        var before = lab.Nodes.ToDictionary(node => node, lab.LinksOf);
        await ModelOfNodes.AssertHeldAsync(lab);
        await APodWaitsForItsNetworkAsync();
        await MadeByHandAsync();
        await ModelOfNodes.AssertHeldAsync(lab);
        await TakenAwayAsync(before);
        AssertReachIsByNetwork(8);
        await ModelOfNodes.AssertHeldAsync(lab);
    }

    /// <summary>Each process is measured, and docs/metrics.md names all of ours that it tells.</summary>
    private void AssertMeasured()
    {
        var documented = File.ReadAllText(Root.File("docs", "metrics.md"));
        foreach (
            var (netns, at, name) in (IReadOnlyList<(string, string, string)>)
                [
                    (lab.Place.NodeNetns("node-1"), "172.30.1.2:9410", "tombolo_agent_interfaces{state=\"up\"}"),
                    (lab.Place.Control, "172.30.0.2:9411", "tombolo_controller_leader 1"),
                    (lab.Place.Control, "172.30.0.2:9412", "tombolo_routeserver_nodes{connected=\"true\"} 3"),
                    (lab.Place.Control, "172.30.0.2:9413", "http_server_request_duration_seconds_count"),
                ]
        )
        {
            var text = Machine.Run("nsenter", $"--net={netns}", "curl", "-s", $"http://{at}/metrics");
            Assert.Contains(name, text);
            Assert.Contains("dotnet_process_cpu_time_seconds_total", text);
            Assert.All(
                text.Split('\n').Where(line => line.StartsWith("# TYPE tombolo_", StringComparison.Ordinal)),
                line => Assert.Contains($"`{line.Split(' ')[2]}", documented)
            );
        }
    }

    private async Task APodWaitsForItsNetworkAsync()
    {
        lab.Apply(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: hand}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: a, namespace: hand, annotations: {net.tombolo.dev/network: made}}
            spec: {containers: [{name: echo, image: lab/echo}]}
            """
        );
        await Wait.UntilAsync(
            () =>
                lab.Kubectl("get", "events", "-n", "hand", "-o", "jsonpath={.items[*].reason}")
                    .Contains("NetworkNotFound"),
            "an event says what the pod waits for",
            LabUnderTest.Minutes
        );
        Assert.NotEqual("Running", lab.Phase("hand", "a"));
    }

    private async Task MadeByHandAsync()
    {
        lab.Apply(
            """
            apiVersion: net.tombolo.dev/v1alpha1
            kind: Subnet
            metadata: {name: v4, namespace: hand}
            spec: {cidr: 10.10.0.0/24}
            ---
            apiVersion: net.tombolo.dev/v1alpha1
            kind: VirtualNetwork
            metadata: {name: made, namespace: hand}
            spec: {subnets: [{name: v4}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: b
              namespace: hand
              annotations: {net.tombolo.dev/network: made, net.tombolo.dev/addresses: 10.10.0.10}
            spec: {containers: [{name: echo, image: lab/echo}]}
            """
        );
        await Wait.UntilAsync(
            () => lab.Phase("hand", "a") == "Running" && lab.Phase("hand", "b") == "Running",
            "both pods run",
            LabUnderTest.Minutes
        );
        lab.Kubectl("wait", "-n", "hand", "vn/made", "--for=condition=Ready", "--timeout=60s");
        AssertReachIsByNetwork(10);
    }

    private async Task TakenAwayAsync(Dictionary<string, int> before)
    {
        lab.Kubectl("delete", "-n", "hand", "pods", "--all", "--timeout=120s");
        lab.Kubectl("delete", "-n", "hand", "vn/made", "sn/v4", "--timeout=120s");
        Assert.Equal("", lab.Kubectl("get", "vn,sn,ni,ab", "-n", "hand", "-o", "name"));
        foreach (var node in lab.Nodes)
        {
            await Wait.UntilAsync(
                () => lab.LinksOf(node) == before[node],
                $"{node} has no link left over",
                LabUnderTest.Minutes
            );
            var dump = JsonNode.Parse(
                lab.Tombolo(0, "node", "dump", node, "-o", "json", "--kubeconfig", lab.Place.Kubeconfig)
            )!;
            Assert.DoesNotContain(
                dump["vrfs"]!.AsArray(),
                vrf => ((string)vrf!["name"]!).StartsWith("hand/", StringComparison.Ordinal)
            );
            var known = dump["vrfs"]!.AsArray().Select(vrf => (uint)vrf!["index"]!).ToHashSet();
            foreach (var map in (string[])["interfaces", "routes", "labels"])
            {
                Assert.All(dump["kernel"]![map]!.AsArray(), entry => Assert.Contains((uint)entry!["vrf"]!, known));
            }
        }
    }

    /// <summary>Each row answered by the pod that has the address in the asker's own network, or by nobody.</summary>
    private void AssertReachIsByNetwork(int pods)
    {
        var report = JsonNode.Parse(lab.Tombolo(0, "lab", "reach", "-o", "json", "--name", lab.Place.Name))!;
        var all = report["pods"]!
            .AsArray()
            .Select(pod => pod!)
            .ToDictionary(pod => $"{pod["namespace"]}/{pod["name"]}");
        Assert.Equal(pods, all.Count);
        Assert.NotEmpty(report["results"]!.AsArray());
        Assert.All(
            report["results"]!.AsArray(),
            row =>
            {
                var network = (string)all[(string)row!["from"]!]["network"]!;
                Assert.NotEqual("", network);
                var address = (string)row["address"]!;
                var holder = all.SingleOrDefault(pod =>
                    (string)pod.Value["network"]! == network
                    && pod.Value["addresses"]!.AsArray().Any(one => (string)one! == address)
                );
                Assert.True((string?)row["answeredBy"] == holder.Key, row.ToJsonString());
                Assert.Equal(holder.Key is not null, (bool)row["reached"]!);
            }
        );
    }

    public void Dispose() => lab.Dispose();
}
