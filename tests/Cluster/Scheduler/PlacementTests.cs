using k8s.Models;
using Tombolo.Cluster.Scheduler;

namespace Tombolo.Tests.Cluster.Scheduler;

/// <summary>Where a pod goes, and the words when it goes nowhere.</summary>
public class PlacementTests
{
    private static readonly Dictionary<string, string> Web = new() { ["app"] = "web" };

    [Fact]
    public void Takes_the_node_with_the_fewest_pods()
    {
        var decision = Decide(
            Pod(),
            Node("a", pods: [Pod(), Pod()]),
            Node("b", pods: [Pod()]),
            Node("c", pods: [Pod(), Pod()])
        );
        Assert.Equal("b", decision.Node);
    }

    [Fact]
    public void Spreads_the_pods_of_one_owner_before_it_counts_others()
    {
        var owned = Pod(p => p.Metadata.OwnerReferences = [new() { Uid = "set", Controller = true }]);
        var decision = Decide(owned, Node("a", pods: [owned]), Node("b", pods: [Pod(), Pod(), Pod()]));
        Assert.Equal("b", decision.Node);
    }

    public static TheoryData<string, string> Refusals =>
        new()
        {
            { "unschedulable", "node(s) were unschedulable" },
            { "selector", "node(s) didn't match Pod's node affinity/selector" },
            { "affinity", "node(s) didn't match Pod's node affinity/selector" },
            { "taint", "node(s) had untolerated taint {gpu: yes}" },
            { "not ready", "node(s) were not ready" },
            { "unknown", "node(s) were not ready" },
            { "full", "Too many pods" },
            { "cpu", "Insufficient cpu" },
            { "memory", "Insufficient memory" },
            { "apart", "node(s) didn't match pod anti-affinity rules" },
            { "kept away", "node(s) didn't satisfy existing pods anti-affinity rules" },
            { "together", "node(s) didn't match pod affinity rules" },
            { "spread", "node(s) didn't match pod topology spread constraints" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Says_why_no_node_will_do(string case_, string why)
    {
        var pod = Pod(p => p.Metadata.Labels = Web);
        var node = Node("a");
        Spoil(case_, pod, ref node);
        var decision = Decide(pod, node);
        Assert.Null(decision.Node);
        Assert.Equal($"0/1 nodes are available: 1 {why}.", decision.Message);
    }

    [Fact]
    public void Counts_reasons_over_all_nodes()
    {
        var decision = Decide(
            Pod(),
            Node("a", n => n.Spec.Unschedulable = true),
            Node("b", n => n.Spec.Unschedulable = true),
            Node("c", n => n.Status.Allocatable["pods"] = new("0"))
        );
        Assert.Equal("0/3 nodes are available: 1 Too many pods, 2 node(s) were unschedulable.", decision.Message);
        Assert.Equal("no nodes available to schedule pods", Decide(Pod()).Message);
    }

    [Fact]
    public void Tolerations_open_tainted_and_unready_nodes()
    {
        var node = Node(
            "a",
            n =>
            {
                n.Spec.Taints =
                [
                    new()
                    {
                        Key = "gpu",
                        Value = "yes",
                        Effect = "NoSchedule",
                    },
                ];
                n.Status.Conditions[0].Status = "False";
            }
        );
        var pod = Pod(p =>
            p.Spec.Tolerations = [
                new()
                {
                    Key = "gpu",
                    OperatorProperty = "Equal",
                    Value = "yes",
                    Effect = "NoSchedule",
                },
                new() { Key = "node.kubernetes.io/not-ready", OperatorProperty = "Exists" },
            ]
        );
        Assert.Equal("a", Decide(pod, node).Node);
        pod.Spec.Tolerations[0].Value = "no";
        Assert.Null(Decide(pod, node).Node);
    }

    [Fact]
    public void Preferences_come_before_the_number_of_pods()
    {
        var pod = Pod(p =>
            p.Spec.Affinity = new()
            {
                NodeAffinity = new()
                {
                    PreferredDuringSchedulingIgnoredDuringExecution =
                    [
                        new() { Weight = 10, Preference = Term("zone", "In", "z1") },
                        new() { Weight = 1, Preference = Term("zone", "In", "z2") },
                    ],
                },
            }
        );
        Assert.Equal("b", Decide(pod, Node("a", zone: "z2"), Node("b", zone: "z1", pods: [Pod(), Pod()])).Node);
    }

    [Theory]
    [InlineData("In", "z1", true)]
    [InlineData("NotIn", "z1", false)]
    [InlineData("NotIn", "z2", true)]
    [InlineData("Exists", null, true)]
    [InlineData("DoesNotExist", null, false)]
    [InlineData("Gt", "1", false)]
    public void Node_affinity_knows_its_operators(string comparison, string? value, bool matches)
    {
        var pod = Pod(p => p.Spec.Affinity = RequiredNode(Term("zone", comparison, value)));
        Assert.Equal(matches, Decide(pod, Node("a", zone: "z1")).Node == "a");
    }

    [Fact]
    public void A_group_that_wants_to_be_together_may_begin_anywhere()
    {
        var pod = Pod(p =>
        {
            p.Metadata.Labels = Web;
            p.Spec.Affinity = new()
            {
                PodAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = [WebTerm()] },
            };
        });
        Assert.Equal("a", Decide(pod, Node("a"), Node("b")).Node);
        Assert.Equal("b", Decide(pod, Node("a"), Node("b", pods: [Pod(p => p.Metadata.Labels = Web)])).Node);
    }

    [Fact]
    public void Spreading_keeps_the_skew_over_zones()
    {
        var web = Pod(p =>
        {
            p.Metadata.Labels = Web;
            p.Spec.TopologySpreadConstraints = [Spread("zone")];
        });
        Assert.Equal(
            "b",
            Decide(web, Node("a", zone: "z1", pods: [web]), Node("b", zone: "z2", pods: [Pod(), Pod()])).Node
        );
    }

    private static void Spoil(string case_, V1Pod pod, ref NodeView node)
    {
        var web = Pod(p => p.Metadata.Labels = Web);
        switch (case_)
        {
            case "unschedulable":
                node.Node.Spec.Unschedulable = true;
                break;
            case "selector":
                pod.Spec.NodeSelector = new Dictionary<string, string> { ["zone"] = "z9" };
                break;
            case "affinity":
                pod.Spec.Affinity = RequiredNode(Term("zone", "In", "z9"));
                break;
            case "taint":
                node.Node.Spec.Taints =
                [
                    new()
                    {
                        Key = "gpu",
                        Value = "yes",
                        Effect = "NoSchedule",
                    },
                ];
                break;
            case "not ready":
                node.Node.Status.Conditions[0].Status = "False";
                break;
            case "unknown":
                node.Node.Status.Conditions.Clear();
                break;
            case "full":
                node = Node("a", n => n.Status.Allocatable["pods"] = new("1"), pods: [web]);
                break;
            case "cpu" or "memory":
                pod.Spec.Containers[0].Resources = new()
                {
                    Requests = new Dictionary<string, ResourceQuantity>
                    {
                        [case_] = new(case_ == "cpu" ? "2500m" : "5Gi"),
                    },
                };
                break;
            case "apart":
                pod.Spec.Affinity = Apart();
                node = Node("a", pods: [web]);
                break;
            case "kept away":
                node = Node("a", pods: [Pod(p => p.Spec.Affinity = Apart())]);
                break;
            case "together":
                pod.Metadata.Labels = null;
                pod.Spec.Affinity = new()
                {
                    PodAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = [WebTerm()] },
                };
                break;
            case "spread":
                pod.Spec.TopologySpreadConstraints = [Spread("rack")];
                break;
        }
    }

    private static V1Affinity Apart() =>
        new() { PodAntiAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = [WebTerm()] } };

    private static V1PodAffinityTerm WebTerm() =>
        new()
        {
            TopologyKey = "kubernetes.io/hostname",
            LabelSelector = new() { MatchLabels = Web },
        };

    private static V1TopologySpreadConstraint Spread(string key) =>
        new()
        {
            TopologyKey = key,
            MaxSkew = 1,
            WhenUnsatisfiable = "DoNotSchedule",
            LabelSelector = new() { MatchLabels = Web },
        };

    private static V1Affinity RequiredNode(V1NodeSelectorTerm term) =>
        new()
        {
            NodeAffinity = new()
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new() { NodeSelectorTerms = [term] },
            },
        };

    private static V1NodeSelectorTerm Term(string key, string comparison, string? value) =>
        new()
        {
            MatchExpressions =
            [
                new()
                {
                    Key = key,
                    OperatorProperty = comparison,
                    Values = value is null ? null : [value],
                },
            ],
        };

    private static Decision Decide(V1Pod pod, params NodeView[] nodes) => Placement.Decide(pod, nodes);

    private static V1Pod Pod(Action<V1Pod>? with = null)
    {
        var pod = new V1Pod
        {
            Metadata = new()
            {
                Name = "p",
                NamespaceProperty = "default",
                Uid = Guid.NewGuid().ToString(),
            },
            Spec = new() { Containers = [new() { Name = "c" }] },
        };
        with?.Invoke(pod);
        return pod;
    }

    private static NodeView Node(string name, Action<V1Node>? with = null, string zone = "z1", V1Pod[]? pods = null)
    {
        var node = new V1Node
        {
            Metadata = new()
            {
                Name = name,
                Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name, ["zone"] = zone },
            },
            Spec = new(),
            Status = new()
            {
                Allocatable = new Dictionary<string, ResourceQuantity>
                {
                    ["pods"] = new("10"),
                    ["cpu"] = new("2"),
                    ["memory"] = new("4Gi"),
                },
                Conditions = [new() { Type = "Ready", Status = "True" }],
            },
        };
        with?.Invoke(node);
        return new NodeView(node, pods ?? []);
    }
}
