using System.Text.Json.Nodes;
using Tombolo.Lab;

namespace Tombolo.Tests.SystemTests;

/// <summary>A lab from up to down, by the commands that users have. The cluster alone: its network is a small plugin of the test.</summary>
[Trait("needs", "root")]
public sealed class LabTests : IDisposable
{
    private const double Minutes = 180; // seconds; a busy machine
    private static int count;
    private readonly LabPlace place;
    private readonly Machine machine;

    public LabTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        var checkout = new Checkout(Root.Path);
        Assert.SkipUnless(File.Exists(checkout.Tombolo), $"needs {checkout.Tombolo}: scripts/build");
        place = new LabPlace(checkout, $"t{Environment.ProcessId}-{Interlocked.Increment(ref count)}");
        machine = new Machine(place);
    }

    [Fact]
    public async Task Up_gives_a_cluster_that_survives_its_supervisor_and_down_leaves_nothing()
    {
        var links = Machine.Links();
        Up();
        Assert.Equal(links, Machine.Links());
        Assert.Equal(
            ["node-1", "node-2"],
            Kubectl("get", "nodes", "-o", "name").Split('\n').Order().Select(name => name[5..])
        );

        AddNetwork();
        await File.WriteAllTextAsync(
            Path.Combine(place.State, "pods.yaml"),
            Pods,
            TestContext.Current.CancellationToken
        );
        Kubectl("apply", "-f", Path.Combine(place.State, "pods.yaml"));
        await Wait.UntilAsync(() => RunningPods() == 3, "three pods run", Minutes);

        var results = await ReachAsync();
        Assert.Equal(6 * 2, results.Count); // ordered pairs of three pods, TCP and UDP, one address each
        // The test's network is one bridge a node: a and b share theirs, c is alone on its own.
        Assert.All(
            results,
            row =>
            {
                var together = (string)row["from"]! != "default/c" && (string)row["to"]! != "default/c";
                Assert.Equal(together, (bool)row["reached"]!);
                Assert.Equal(together ? (string?)row["to"] : null, (string?)row["answeredBy"]);
            }
        );
        Assert.Equal("a\n", Kubectl("exec", "a", "--", "hostname") + "\n");
        Assert.Contains("echo: ready", Kubectl("logs", "a"));

        var echoes = Pids("echo");
        Kill9("supervisor");
        Up();
        await Wait.UntilAsync(() => RunningPods() == 3, "the pods are adopted", Minutes);
        Assert.Equal(echoes, Pids("echo"));
        Assert.Equal(
            results.Count(row => (bool)row["reached"]!),
            (await ReachAsync()).Count(row => (bool)row["reached"]!)
        );

        AssertDownLeavesNothing(links);
        Assert.Contains("nothing to remove", Lab(0, "down", "--name", place.Name));
    }

    [Fact]
    public void Down_cleans_up_after_whatever_was_killed()
    {
        var links = Machine.Links();
        Up();
        // One kubelet is left: nobody restarts it, nobody ends it but down.
        Kill9("supervisor");
        Kill9("kubelet", 1);
        Kill9("cluster");
        AssertDownLeavesNothing(links);
    }

    [Fact]
    public void What_was_killed_half_way_up_is_healed_by_the_next_up()
    {
        var links = Machine.Links();
        // As far as a killed up may come: namespaces of which one lost its links, a spec, no process.
        Up();
        Kill9("supervisor");
        Kill9("cluster");
        Machine.Run("nsenter", $"--net={place.Router}", "ip", "link", "del", "node-2");
        Assert.Contains("2 nodes there", Up());
        AssertDownLeavesNothing(links);
    }

    private string Up() => Lab(0, "up", "--name", place.Name, "--nodes", "2", "--without-product");

    private void AssertDownLeavesNothing(IReadOnlyList<string> links)
    {
        var processes = machine.Processes();
        Assert.NotEmpty(processes);
        Assert.NotEmpty(machine.Mounts());
        var said = Lab(0, "down", "--name", place.Name);
        Assert.Contains($"lab '{place.Name}' removed", said);
        Assert.DoesNotContain(processes, Machine.Lives);
        Assert.Empty(machine.Processes());
        Assert.Empty(machine.Mounts());
        Assert.Equal(links, Machine.Links());
        Assert.False(Directory.Exists(place.Run));
        Assert.False(Directory.Exists(place.State));
    }

    private string Lab(int code, params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["TOMBOLO_ROOT"] = Root.Path };
        var ran = Machine.RunWith(environment, place.Checkout.Tombolo, ["lab", .. arguments]);
        Assert.True(ran.Code == code, $"lab {string.Join(' ', arguments)}: code {ran.Code}\n{ran.Output}{Logs()}");
        return ran.Output;
    }

    private string Kubectl(params string[] arguments)
    {
        var environment = new Dictionary<string, string> { ["KUBECONFIG"] = place.Kubeconfig };
        var ran = Machine.RunWith(environment, "kubectl", arguments);
        Assert.True(ran.Code == 0, $"kubectl {string.Join(' ', arguments)}: code {ran.Code}\n{ran.Output}");
        return ran.Output.TrimEnd('\n');
    }

    private int RunningPods() =>
        Kubectl("get", "pods", "-o", "jsonpath={.items[*].status.phase}").Split(' ').Count(phase => phase == "Running");

    private async Task<IReadOnlyList<JsonNode>> ReachAsync()
    {
        var json = "";
        // A kubelet's restart and the check for Running may overlap.
        await Wait.UntilAsync(
            () =>
                JsonNode.Parse(json = Lab(0, "reach", "-o", "json", "--name", place.Name))!["pods"]!.AsArray().Count
                == 3,
            "reach sees three pods"
        );
        return [.. JsonNode.Parse(json)!["results"]!.AsArray().Select(row => row!)];
    }

    private IReadOnlyList<string> Pids(string name) =>
        [
            .. machine
                .Processes()
                .Where(process => process.TrimEnd().EndsWith("/" + name, StringComparison.Ordinal))
                .Order(),
        ];

    private void Kill9(string role, int most = int.MaxValue)
    {
        var found = machine
            .Processes()
            .Where(line => line.Contains($" role {role} ", StringComparison.Ordinal))
            .Take(most)
            .ToList();
        Assert.NotEmpty(found);
        foreach (var process in found)
        {
            Machine.Run("kill", "-9", process.Split(' ')[0]["/proc/".Length..]);
        }
    }

    private string Logs() =>
        Directory.Exists(place.Logs)
            ? string.Concat(
                Directory
                    .GetFiles(place.Logs)
                    .Select(file => $"\n== {file}\n{string.Join('\n', File.ReadLines(file).TakeLast(20))}")
            )
            : "";

    /// <summary>A bridge a node, an address a pod by its container id.</summary>
    private void AddNetwork()
    {
        foreach (var node in (string[])["node-1", "node-2"])
        {
            var plugin = Path.Combine(place.NodePlugins(node), "test-bridge");
            Directory.CreateDirectory(Path.GetDirectoryName(plugin)!);
            File.WriteAllText(plugin, Plugin);
            Machine.Run("chmod", "755", plugin);
            Directory.CreateDirectory(Path.GetDirectoryName(place.ConfList(node))!);
            File.WriteAllText(
                place.ConfList(node),
                """{"cniVersion":"1.1.0","name":"test","plugins":[{"type":"test-bridge"}]}"""
            );
        }
    }

    private const string Plugin = """
        #!/bin/sh
        set -e
        cat >/dev/null
        n=$(printf %d "0x$(printf %.4s "$CNI_CONTAINERID")")
        case $CNI_COMMAND in
        VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["1.1.0"]}' ;;
        DEL) ip link del "v$n" 2>/dev/null || true ;;
        ADD)
            ip link add br0 type bridge 2>/dev/null && ip link set br0 up || true
            ip link add "v$n" type veth peer name "$CNI_IFNAME" netns "$CNI_NETNS"
            ip link set "v$n" master br0 up
            address=10.99.$((n / 250)).$((n % 250 + 1))/16
            nsenter --net="$CNI_NETNS" ip addr add "$address" dev "$CNI_IFNAME"
            nsenter --net="$CNI_NETNS" ip link set "$CNI_IFNAME" up
            echo '{"cniVersion":"1.1.0","ips":[{"address":"'"$address"'"}]}' ;;
        esac
        """;

    private const string Pods = """
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec: {nodeName: node-1, containers: [{name: echo, image: lab/echo}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: b}
        spec: {nodeName: node-1, containers: [{name: echo, image: lab/echo}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: c}
        spec: {nodeName: node-2, containers: [{name: echo, image: lab/echo}]}
        """;

    public void Dispose()
    {
        var environment = new Dictionary<string, string> { ["TOMBOLO_ROOT"] = Root.Path };
        Machine.RunWith(environment, place.Checkout.Tombolo, "lab", "down", "--name", place.Name);
    }
}
