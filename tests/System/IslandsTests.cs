using System.Text.Json.Nodes;
using Tombolo.Lab;

namespace Tombolo.Tests.SystemTests;

/// <summary>The product's main job as a user meets it: the example, then networks made and taken away by hand with kubectl.</summary>
[Trait("needs", "root")]
public sealed class IslandsTests : IDisposable
{
    private const double Minutes = 180; // seconds; a busy machine
    private static readonly string[] Nodes = ["node-1", "node-2", "node-3"];
    private readonly LabPlace place;

    public IslandsTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        var checkout = new Checkout(Root.Path);
        Assert.SkipUnless(File.Exists(checkout.Tombolo), $"needs {checkout.Tombolo}: scripts/build");
        place = new LabPlace(checkout, $"i{Environment.ProcessId}");
    }

    [Fact]
    public async Task Pods_reach_their_own_network_and_nobody_else()
    {
        Tombolo(0, "lab", "up", "--name", place.Name);

        using (var wire = new Wire(place.NodeNetns("node-1"), "eth0"))
        {
            AssertReachIsByNetwork(8);
            // Every packet between pods is encapsulated; no pod's address is an outer one.
            await Wait.UntilAsync(() => wire.Encapsulated > 0, "pods' packets are on the underlay");
            Assert.Empty(wire.Strangers);
        }
        Assert.Equal(NodeOf("red", "a"), NodeOf("blue", "a"));
        // Status is written within a second of the acknowledgement.
        var environment = new Dictionary<string, string> { ["TOMBOLO_ROOT"] = Root.Path };
        await Wait.UntilAsync(
            () =>
                Machine.RunWith(environment, place.Checkout.Tombolo, "status", "--kubeconfig", place.Kubeconfig).Code
                == 0,
            "tombolo status says that all is well",
            Minutes
        );

        var before = Nodes.ToDictionary(node => node, LinksOf);
        await APodWaitsForItsNetworkAsync();
        await MadeByHandAsync();
        await TakenAwayAsync(before);
        AssertReachIsByNetwork(8);
    }

    private async Task APodWaitsForItsNetworkAsync()
    {
        Apply(
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
                Kubectl("get", "events", "-n", "hand", "-o", "jsonpath={.items[*].reason}").Contains("NetworkNotFound"),
            "an event says what the pod waits for",
            Minutes
        );
        Assert.NotEqual("Running", Phase("hand", "a"));
    }

    private async Task MadeByHandAsync()
    {
        Apply(
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
            () => Phase("hand", "a") == "Running" && Phase("hand", "b") == "Running",
            "both pods run",
            Minutes
        );
        Kubectl("wait", "-n", "hand", "vn/made", "--for=condition=Ready", "--timeout=60s");
        AssertReachIsByNetwork(10);
    }

    private async Task TakenAwayAsync(Dictionary<string, string> before)
    {
        Kubectl("delete", "-n", "hand", "pods", "--all", "--timeout=120s");
        Kubectl("delete", "-n", "hand", "vn/made", "sn/v4", "--timeout=120s");
        Assert.Equal("", Kubectl("get", "vn,sn,ni,ab", "-n", "hand", "-o", "name"));
        foreach (var node in Nodes)
        {
            await Wait.UntilAsync(() => LinksOf(node) == before[node], $"{node} has no link left over", Minutes);
            var dump = JsonNode.Parse(
                Tombolo(0, "node", "dump", node, "-o", "json", "--kubeconfig", place.Kubeconfig)
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
        var report = JsonNode.Parse(Tombolo(0, "lab", "reach", "-o", "json", "--name", place.Name))!;
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

    private string NodeOf(string space, string pod) =>
        Kubectl("get", "pod", "-n", space, pod, "-o", "jsonpath={.spec.nodeName}");

    private string Phase(string space, string pod) =>
        Kubectl("get", "pod", "-n", space, pod, "-o", "jsonpath={.status.phase}");

    private string LinksOf(string node) =>
        Machine.Run("nsenter", $"--net={place.NodeNetns(node)}", "ip", "-br", "link").Split('\n').Length.ToString();

    private void Apply(string yaml)
    {
        var file = Path.Combine(place.State, "applied.yaml");
        File.WriteAllText(file, yaml);
        Kubectl("apply", "-f", file);
    }

    private string Kubectl(params string[] arguments) => Run("kubectl", 0, arguments).TrimEnd('\n');

    private string Tombolo(int code, params string[] arguments) => Run(place.Checkout.Tombolo, code, arguments);

    private string Run(string program, int code, params string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = place.Kubeconfig,
            ["TOMBOLO_ROOT"] = Root.Path,
        };
        var ran = Machine.RunWith(environment, program, arguments);
        Assert.True(ran.Code == code, $"{program} {string.Join(' ', arguments)}: code {ran.Code}\n{ran.Output}");
        return ran.Output;
    }

    public void Dispose() =>
        Machine.RunWith(
            new Dictionary<string, string> { ["TOMBOLO_ROOT"] = Root.Path },
            place.Checkout.Tombolo,
            "lab",
            "down",
            "--name",
            place.Name
        );
}
