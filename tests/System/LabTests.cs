using System.Text.Json.Nodes;
using Tombolo.Lab;

namespace Tombolo.Tests.SystemTests;

/// <summary>A lab from up to down, by the commands that users have. The cluster alone: its network is a small plugin of the test.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class LabTests : IDisposable
{
    private readonly LabUnderTest lab = new("t");

    [Fact]
    public async Task Up_gives_a_cluster_that_survives_its_supervisor_and_down_leaves_nothing()
    {
        var links = Machine.Links();
        Up();
        Assert.Equal(links, Machine.Links());
        Assert.Equal(
            ["node-1", "node-2"],
            lab.Kubectl("get", "nodes", "-o", "name").Split('\n').Order().Select(name => name[5..])
        );

        AddNetwork();
        await File.WriteAllTextAsync(
            Path.Combine(lab.Place.State, "pods.yaml"),
            Pods,
            TestContext.Current.CancellationToken
        );
        lab.Kubectl("apply", "-f", Path.Combine(lab.Place.State, "pods.yaml"));
        await Wait.UntilAsync(() => RunningPods() == 3, "three pods run", LabUnderTest.Minutes);

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
        Assert.Equal("a\n", lab.Kubectl("exec", "a", "--", "hostname") + "\n");
        Assert.Contains("echo: ready", lab.Kubectl("logs", "a"));

        var echoes = Pids("echo");
        Kill9("supervisor");
        Up();
        await Wait.UntilAsync(() => RunningPods() == 3, "the pods are adopted", LabUnderTest.Minutes);
        Assert.Equal(echoes, Pids("echo"));
        Assert.Equal(
            results.Count(row => (bool)row["reached"]!),
            (await ReachAsync()).Count(row => (bool)row["reached"]!)
        );

        AssertDownLeavesNothing(links);
        Assert.Contains("nothing to remove", Lab(0, "down", "--name", lab.Place.Name));
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
        Machine.Run("nsenter", $"--net={lab.Place.Router}", "ip", "link", "del", "node-2");
        Assert.Contains("2 nodes there", Up());
        AssertDownLeavesNothing(links);
    }

    private string Up() => lab.Up("--nodes", "2", "--without-product");

    private void AssertDownLeavesNothing(IReadOnlyList<string> links)
    {
        var processes = lab.Machine.Processes();
        Assert.NotEmpty(processes);
        Assert.NotEmpty(lab.Machine.Mounts());
        var said = Lab(0, "down", "--name", lab.Place.Name);
        Assert.Contains($"lab '{lab.Place.Name}' removed", said);
        Assert.DoesNotContain(processes, Machine.Lives);
        Assert.Empty(lab.Machine.Processes());
        Assert.Empty(lab.Machine.Mounts());
        Assert.Equal(links, Machine.Links());
        Assert.False(Directory.Exists(lab.Place.Run));
        Assert.False(Directory.Exists(lab.Place.State));
    }

    private string Lab(int code, params string[] arguments) => lab.Tombolo(code, ["lab", .. arguments]);

    private int RunningPods() =>
        lab.Kubectl("get", "pods", "-o", "jsonpath={.items[*].status.phase}")
            .Split(' ')
            .Count(phase => phase == "Running");

    private async Task<IReadOnlyList<JsonNode>> ReachAsync()
    {
        var json = "";
        // A kubelet's restart and the check for Running may overlap.
        await Wait.UntilAsync(
            () =>
                JsonNode.Parse(json = Lab(0, "reach", "-o", "json", "--name", lab.Place.Name))!["pods"]!.AsArray().Count
                == 3,
            "reach sees three pods"
        );
        return [.. JsonNode.Parse(json)!["results"]!.AsArray().Select(row => row!)];
    }

    private IReadOnlyList<string> Pids(string name) =>
        [
            .. lab
                .Machine.Processes()
                .Where(process => process.TrimEnd().EndsWith("/" + name, StringComparison.Ordinal))
                .Order(),
        ];

    private void Kill9(string role, int most = int.MaxValue)
    {
        var found = lab
            .Machine.Processes()
            .Where(line => line.Contains($" role {role} ", StringComparison.Ordinal))
            .Take(most)
            .ToList();
        Assert.NotEmpty(found);
        foreach (var process in found)
        {
            Machine.Run("kill", "-9", process.Split(' ')[0]["/proc/".Length..]);
        }
    }

    /// <summary>A bridge a node, an address a pod by its container id.</summary>
    private void AddNetwork()
    {
        foreach (var node in (string[])["node-1", "node-2"])
        {
            var plugin = Path.Combine(lab.Place.NodePlugins(node), "test-bridge");
            Directory.CreateDirectory(Path.GetDirectoryName(plugin)!);
            File.WriteAllText(plugin, Plugin);
            Machine.Run("chmod", "755", plugin);
            Directory.CreateDirectory(Path.GetDirectoryName(lab.Place.ConfList(node))!);
            File.WriteAllText(
                lab.Place.ConfList(node),
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

    public void Dispose() => lab.Dispose();
}
