using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>Which pod is in which network, and which waits.</summary>
public class OracleNetworkTests
{
    private const string Cidr = "10.1.0.0/24";

    private static Sketch Sketch => new();

    private static string? First(Sketch sketch)
    {
        var topology = sketch.Topology();
        return Oracle.NetworkOf(topology, topology.Pods[0]);
    }

    [Fact]
    public void The_nearest_wins_and_nonsense_waits()
    {
        Sketch Of(string? said) => Sketch.Net("shop/blue", "web", Cidr).Pod("shop/a", said);
        Assert.Equal("shop/blue", First(Of("blue")));
        Assert.Equal("shop/blue", First(Of("shop/blue")));
        Assert.Equal("tombolo-system/default", First(Of(null)));
        Assert.Equal("tombolo-system/default", First(Of("tombolo-system/default")));
        Assert.Null(First(Of("red")));
        Assert.Null(First(Of("No Network")));
        var topology = Of(null).Topology();
        topology.Namespaces.First(one => one.Metadata.Name == "shop").Metadata.Annotations = new Dictionary<
            string,
            string
        >
        {
            [Names.Network] = "blue",
        };
        Assert.Equal("shop/blue", Oracle.NetworkOf(topology, topology.Pods[0]));
    }

    [Fact]
    public void A_network_of_another_namespace_needs_its_consent()
    {
        Sketch Of(Consumers? consumers) =>
            Sketch
                .Space("bank", ("team", "money"))
                .NetWith("shop/blue", "web", new() { Consumers = consumers }, Cidr)
                .Pod("bank/a", "shop/blue");
        Assert.Null(First(Of(null)));
        Assert.Null(First(Of(new() { Namespaces = World.Labelled("team", "toys") })));
        Assert.Equal("shop/blue", First(Of(new() { Namespaces = World.Labelled("team", "money") })));
        Assert.Equal("shop/blue", First(Of(new() { Namespaces = new() })));
    }

    [Fact]
    public void An_isolated_namespace_is_on_its_own()
    {
        var sketch = Sketch
            .Space("shop", (World.IsolatedLabel, "true"))
            .Pod("shop/a", null)
            .Pod("shop/b", null)
            .Pod("shop/out", "tombolo-system/default")
            .Pod("bank/c", null);
        var topology = sketch.Topology();
        Assert.Equal("shop/shop-pods", Oracle.NetworkOf(topology, topology.Pods[0]));
        Assert.Equal(
            [("bank/c", "shop/out"), ("shop/a", "shop/b"), ("shop/b", "shop/a"), ("shop/out", "bank/c")],
            Oracle.Reaches(topology).Select(one => (one.From, one.To)).Distinct()
        );
    }

    [Fact]
    public void Namespaces_are_isolated_by_default_but_for_exceptions_and_the_system()
    {
        Sketch Of(string pod) =>
            Sketch.Space("bank", ("team", "open")).Isolating(World.Labelled("team", "open")).Pod(pod, null);
        Assert.Equal("shop/shop-pods", First(Of("shop/a")));
        Assert.Equal("tombolo-system/default", First(Of("bank/a")));
        Assert.Equal("tombolo-system/default", First(Of("tombolo-system/a")));
    }

    [Fact]
    public void A_network_needs_its_subnets()
    {
        Sketch Of(string cidr, Consumers? consumers, string name = "infra/wide", params string[] own) =>
            Sketch
                .Subnet("infra/wide", cidr, consumers)
                .NetWith("shop/blue", "web", new() { Subnets = [new() { Name = name[6..], Namespace = "infra" }] }, own)
                .Pod("shop/a", "blue");
        var all = new Consumers { Namespaces = new V1LabelSelector() };
        Assert.Equal("shop/blue", First(Of(Cidr, all)));
        Assert.Equal("shop/blue", First(Of(Cidr, all, own: "10.2.0.0/24")));
        Assert.Null(First(Of(Cidr, null)));
        Assert.Null(First(Of(Cidr, all, "infra/gone")));
        Assert.Null(First(Of("10.1.0.7/24", all)));
        Assert.Null(First(Of(Cidr, all, own: "10.1.0.0/28")));
        // Legal without any, but then there is no address for a pod.
        var bare = Sketch.Net("shop/blue", "web").Pod("shop/a", "blue");
        Assert.NotNull(bare.Topology().Networks[^1].Status);
        Assert.Null(First(bare));
    }

    [Fact]
    public void Allowed_addresses_lie_within_the_network()
    {
        Sketch Of(string allowed) =>
            Sketch
                .NetWith("shop/blue", "web", new() { AllowedPrefixes = ["10.99.0.0/16"] }, Cidr)
                .Pod("shop/a", "blue", 2, allowed);
        Assert.NotNull(First(Of("10.1.0.8/29")));
        Assert.NotNull(First(Of("10.1.0.9,10.99.0.0/16")));
        Assert.Null(First(Of("10.1.0.9,10.98.0.0/16")));
        Assert.Null(First(Of("10.1.0.9/29")));
        Assert.Null(First(Of("10.0.0.0/8")));
    }
}
