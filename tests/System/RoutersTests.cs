using System.Text;
using System.Text.Json.Nodes;

namespace Tombolo.Tests.SystemTests;

/// <summary>Networks joined and parted by routers, as connections find them: every pair of pods is asked each time.</summary>
[Trait("needs", "root"), Collection("system")]
public sealed class RoutersTests : IDisposable
{
    private readonly LabUnderTest lab = new("r");

    [Fact]
    public async Task Reach_follows_routers_labels_and_denial()
    {
        lab.Up("--nodes", "2", "--empty");
        lab.Apply(Networks());
        await ReachIsAsync("own networks only");

        lab.Apply(Router("web", "mesh", "{matchLabels: {tier: web}}"));
        await ReachIsAsync("a mesh joins those it selects", ("left", "right"));

        lab.Kubectl("label", "-n", "join", "vn/right", "tier=data", "--overwrite");
        await ReachIsAsync("one that is labelled away is parted");

        lab.Kubectl("delete", "-n", "join", "vnr/web");
        lab.Apply(Router("hub", "hub", "{matchLabels: {tier: none}}", "spokes"));
        lab.Apply(
            Router("spokes", "spoke", "{matchExpressions: [{key: tier, operator: In, values: [web, data]}]}", "hub")
        );
        await ReachIsAsync("spokes reach the hub and not each other", ("left", "alone"), ("right", "alone"));
        lab.Kubectl("wait", "-n", "join", "vnr/hub", "vnr/spokes", "--for=condition=Ready", "--timeout=60s");

        lab.Kubectl("patch", "-n", "join", "vn/left", "--type=merge", "-p", """{"spec":{"intraNetwork":"deny"}}""");
        denied.Add("left");
        await ReachIsAsync("a network that denies its own stays joined", ("left", "alone"), ("right", "alone"));

        lab.Kubectl("delete", "-n", "join", "vnr/hub");
        await ReachIsAsync("without the hub all are alone");
        Assert.Contains(
            "WaitingForPeer",
            lab.Kubectl("get", "-n", "join", "vnr/spokes", "-o", "jsonpath={.status.conditions[*].reason}")
        );

        lab.Kubectl("create", "namespace", "apart");
        lab.Kubectl("label", "namespace", "apart", "net.tombolo.dev/isolated=true");
        lab.Kubectl("wait", "-n", "apart", "vn/apart-pods", "--for=create", "--timeout=60s");
        lab.Kubectl("wait", "-n", "apart", "vn/apart-pods", "--for=condition=Ready", "--timeout=60s");
        lab.Apply(Pod("apart", "one", null) + Pod("default", "one", null));
        await ReachIsAsync("an isolated namespace is a network of its own");
        Assert.Equal(
            "apart/apart-pods",
            lab.Kubectl("get", "ni", "-n", "apart", "-o", "jsonpath={.items[0].spec.network}")
        );

        lab.Kubectl("label", "namespace", "apart", "net.tombolo.dev/isolated-");
        await Wait.UntilAsync(
            () => lab.Kubectl("get", "events", "-A", "-o", "jsonpath={.items[*].reason}").Contains("PodsMustRestart"),
            "an event says which pods must restart",
            LabUnderTest.Minutes
        );
        lab.Kubectl("delete", "-n", "apart", "pods", "--all", "--timeout=60s");
        lab.Kubectl("wait", "-n", "apart", "vn/apart-pods", "--for=delete", "--timeout=60s");
    }

    private readonly HashSet<string> denied = [];

    /// <summary>Waits until each pair of pods reaches each other exactly if they are in one network, or in two that are joined.</summary>
    private Task ReachIsAsync(string what, params (string, string)[] joined) =>
        Wait.UntilRightAsync(
            () =>
            {
                var report = JsonNode.Parse(lab.Tombolo(0, "lab", "reach", "-o", "json", "--name", lab.Place.Name))!;
                var networks = report["pods"]!
                    .AsArray()
                    .ToDictionary(
                        pod => $"{pod!["namespace"]}/{pod["name"]}",
                        pod => ((string)pod!["network"]!).Split('/')[1]
                    );
                var wrong = report["results"]!
                    .AsArray()
                    .Select(row => row!)
                    .Where(row =>
                    {
                        var (from, to) = (networks[(string)row["from"]!], networks[(string)row["to"]!]);
                        var may =
                            from == to
                                ? !denied.Contains(from)
                                : joined.Contains((from, to)) || joined.Contains((to, from));
                        return may != (bool)row["reached"]!
                            || (may && (string?)row["answeredBy"] != (string?)row["to"]);
                    })
                    .Select(row => row.ToJsonString())
                    .ToList();
                var waiting = networks.Count < Running ? $"{networks.Count} of {Running} pods run" : null;
                return Task.FromResult(waiting ?? (wrong.Count == 0 ? null : $"{what}:\n{string.Join('\n', wrong)}"));
            },
            LabUnderTest.Minutes
        );

    private int Running => lab.Kubectl("get", "pods", "-A", "-o", "name").Split('\n').Length;

    private static string Networks()
    {
        var yaml = new StringBuilder(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: join}

            """
        );
        foreach (var (name, tier, number) in new[] { ("left", "web", 1), ("right", "web", 2), ("alone", "none", 3) })
        {
            yaml.Append(
                $$$"""
                ---
                apiVersion: net.tombolo.dev/v1alpha1
                kind: Subnet
                metadata: {name: {{{name}}}-v4, namespace: join}
                spec: {cidr: 10.{{{number}}}.0.0/24}
                ---
                apiVersion: net.tombolo.dev/v1alpha1
                kind: Subnet
                metadata: {name: {{{name}}}-v6, namespace: join}
                spec: {cidr: "fd0{{{number}}}::/64"}
                ---
                apiVersion: net.tombolo.dev/v1alpha1
                kind: VirtualNetwork
                metadata: {name: {{{name}}}, namespace: join, labels: {tier: {{{tier}}}}}
                spec: {subnets: [{name: {{{name}}}-v4}, {name: {{{name}}}-v6}]}

                """
            );
            yaml.Append(Pod("join", $"{name}-1", name, "node-1")).Append(Pod("join", $"{name}-2", name, "node-2"));
        }
        return yaml.ToString();
    }

    private static string Pod(string space, string name, string? network, string? node = null) =>
        $$"""
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{name}}
              namespace: {{space}}
              annotations: { {{(network is null ? "" : $"net.tombolo.dev/network: {network}")}} }
            spec:
              {{(node is null ? "" : $"nodeName: {node}")}}
              terminationGracePeriodSeconds: 0
              containers: [{name: echo, image: lab/echo}]

            """;

    private static string Router(string name, string type, string selector, string? import = null) =>
        $$"""
            apiVersion: net.tombolo.dev/v1alpha1
            kind: VirtualNetworkRouter
            metadata: {name: {{name}}, namespace: join}
            spec: {type: {{type}}, selector: {{selector}}, import: [{{(import is null ? "" : $"{{name: {import}}}")}}]}

            """;

    public void Dispose() => lab.Dispose();
}
