using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tombolo.Lab.Reach;
using Tombolo.Linux;

namespace Tombolo.Tests.SystemTests;

/// <summary>Two hundred pods at once, in two networks of one address plan; and nothing of them left afterwards.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class CrowdTests : IDisposable
{
    private const int PodsEach = 100;
    private static readonly string[] Spaces = ["left", "right"];
    private readonly LabUnderTest lab = new("c");

    private sealed record Pod(string Space, string Name, IReadOnlyList<string> Addresses)
    {
        public string Id => $"{Space}/{Name}";
    }

    [Fact]
    public async Task Two_hundred_pods_come_talk_and_go_without_a_trace()
    {
        lab.Up("--empty");
        await ModelOfNodes.AssertHeldAsync(lab); // the default networks, on nodes without pods
        var links = lab.Nodes.ToDictionary(node => node, lab.LinksOf);

        lab.Apply(string.Concat(Spaces.Select(SpaceOf)));
        var pods = await RunningAsync();
        foreach (var space in Spaces)
        {
            var addresses = pods.Where(pod => pod.Space == space).SelectMany(pod => pod.Addresses).ToList();
            Assert.Equal(PodsEach * 2, addresses.Count);
            Assert.Equal(addresses.Count, addresses.Distinct().Count());
        }
        await ModelOfNodes.AssertHeldAsync(lab);
        await AssertReachAsync(pods);

        lab.Kubectl("delete", "namespace", "left", "right", "--timeout=170s");
        await Wait.UntilRightAsync(
            async () => await LeftoversAsync(links) is [_, ..] left ? $"left: {string.Join('\n', left)}" : null,
            5
        );
    }

    /// <summary>Each asks the next of its network, which answers by name, and one of the other network, which must not.</summary>
    private async Task AssertReachAsync(IReadOnlyList<Pod> pods)
    {
        var asked = new List<Task>();
        foreach (var space in Spaces)
        {
            var own = pods.Where(pod => pod.Space == space).ToList();
            var others = pods.Where(pod => pod.Space != space).ToList();
            var taken = own.SelectMany(pod => pod.Addresses).ToHashSet();
            var foreign = others.SelectMany(pod => pod.Addresses).Where(address => !taken.Contains(address)).ToList();
            Assert.NotEmpty(foreign);
            for (var i = 0; i < own.Count; i++)
            {
                var (from, next) = (own[i], own[(i + 1) % own.Count]);
                asked.AddRange(next.Addresses.Select(address => AssertAnsweredAsync(from, address, next.Id)));
                asked.Add(AssertAnsweredAsync(from, foreign[i % foreign.Count], null));
            }
        }
        await Task.WhenAll(asked);
    }

    private async Task AssertAnsweredAsync(Pod from, string address, string? by)
    {
        var to = new IPEndPoint(IPAddress.Parse(address), Reachability.Port);
        string? answered = null;
        // One second is the probe's deadline; who is to answer may be slow on a busy machine, who is not must never.
        await Wait.UntilAsync(
            async () =>
            {
                using var socket = Netns.Run(lab.NetnsOf(from.Space, from.Name), () => Probe.Open(to.Address, "tcp"));
                answered = (await Probe.AskAsync(socket, to, TestContext.Current.CancellationToken)).AnsweredBy;
                return by is null || answered is not null;
            },
            $"{from.Id} is answered at {address} by {by}"
        );
        Assert.Equal(by, answered);
    }

    private async Task<IReadOnlyList<Pod>> RunningAsync()
    {
        List<JsonObject> found = [];
        await Wait.UntilAsync(
            async () =>
            {
                found =
                [
                    .. (await lab.ItemsAsync("pods")).Where(pod =>
                        (string?)pod["status"]!["phase"] == "Running" && pod["status"]!["podIPs"] is not null
                    ),
                ];
                return found.Count == PodsEach * Spaces.Length;
            },
            $"{PodsEach * Spaces.Length} pods run",
            LabUnderTest.Minutes
        );
        return
        [
            .. found.Select(pod => new Pod(
                (string)pod["metadata"]!["namespace"]!,
                (string)pod["metadata"]!["name"]!,
                [.. pod["status"]!["podIPs"]!.AsArray().Select(ip => (string)ip!["ip"]!)]
            )),
        ];
    }

    /// <summary>Addresses held (those at rest do not count), interfaces, links, map entries: one line each.</summary>
    private async Task<List<string>> LeftoversAsync(Dictionary<string, int> links)
    {
        var left = (await lab.ItemsAsync("networkinterfaces"))
            .Select(one => $"interface {one["metadata"]!["name"]}")
            .ToList();
        foreach (var block in (await lab.ItemsAsync("addressblocks")))
        {
            left.AddRange(
                (block["spec"]!["entries"]?.AsArray() ?? [])
                    .Where(entry => entry!["released"] is null)
                    .Select(entry => $"address of {block["metadata"]!["name"]}: {entry!.ToJsonString()}")
            );
        }
        foreach (var node in lab.Nodes)
        {
            var now = lab.LinksOf(node);
            if (now != links[node])
            {
                left.Add($"{node}: {now} links, before {links[node]}");
            }
            left.AddRange(ModelOfNodes.Held(lab, node).Select(line => $"{node}: {line}"));
        }
        return left;
    }

    private static string SpaceOf(string space)
    {
        var yaml = new StringBuilder(
            $$"""
            apiVersion: v1
            kind: Namespace
            metadata: {name: {{space}}, annotations: {net.tombolo.dev/network: {{space}} } }
            ---
            apiVersion: net.tombolo.dev/v1alpha1
            kind: Subnet
            metadata: {name: v4, namespace: {{space}} }
            spec: {cidr: 10.20.0.0/16}
            ---
            apiVersion: net.tombolo.dev/v1alpha1
            kind: Subnet
            metadata: {name: v6, namespace: {{space}} }
            spec: {cidr: "fd20::/64"}
            ---
            apiVersion: net.tombolo.dev/v1alpha1
            kind: VirtualNetwork
            metadata: {name: {{space}}, namespace: {{space}} }
            spec: {subnets: [{name: v4}, {name: v6}]}
            ---

            """
        );
        for (var i = 0; i < PodsEach; i++)
        {
            yaml.Append(
                $$"""
                apiVersion: v1
                kind: Pod
                metadata: {name: p{{i}}, namespace: {{space}} }
                spec: {terminationGracePeriodSeconds: 1, containers: [{name: echo, image: lab/echo}]}
                ---

                """
            );
        }
        return yaml.ToString();
    }

    public void Dispose() => lab.Dispose();
}
