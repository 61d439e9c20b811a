using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>The oracle is believed because it says what the design's sentences say, one after another.</summary>
public class OracleTests
{
    private const string Cidr = "10.1.0.0/24";

    private static Sketch Sketch => new();

    // Who reaches whom, both ways, whatever the address: reach is never one-sided.
    private static IEnumerable<string> Pairs(Sketch sketch) => Pairs(sketch.Topology());

    private static IEnumerable<string> Pairs(Topology topology)
    {
        var reaches = Oracle.Reaches(topology).Select(one => (one.From, one.To)).ToHashSet();
        Assert.All(reaches, one => Assert.Contains((one.To, one.From), reaches));
        return reaches
            .Where(one => string.CompareOrdinal(one.From, one.To) < 0)
            .Select(one => $"{one.From} - {one.To}")
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Pods_of_a_network_reach_one_another_at_each_address_and_nobody_else()
    {
        var sketch = Sketch
            .Net("shop/blue", "web", Cidr, "fd01::/64")
            .Net("shop/red", "web", Cidr)
            .Pod("shop/a", "blue", 2)
            .Pod("shop/b", "blue", 3)
            .Pod("shop/c", "red", 2)
            .Pod("shop/d", "red", 4)
            .Pod("shop/lone", null);
        Assert.Equal(
            [
                ("shop/a", "shop/b", "10.1.0.3"),
                ("shop/a", "shop/b", "fd01::3"),
                ("shop/b", "shop/a", "10.1.0.2"),
                ("shop/b", "shop/a", "fd01::2"),
                ("shop/c", "shop/d", "10.1.0.4"),
                ("shop/d", "shop/c", "10.1.0.2"),
            ],
            Oracle.Reaches(sketch.Topology())
        );
    }

    [Fact]
    public void A_mesh_joins_what_it_selects()
    {
        var sketch = Sketch
            .Net("shop/blue", "web", "10.1.0.0/24")
            .Net("shop/red", "web", "10.2.0.0/24")
            .Net("shop/green", "db", "10.3.0.0/24")
            .Net("bank/gold", "web", "10.4.0.0/24")
            .Router("shop/all", RouterType.Mesh, "web", "shop/all")
            .Pod("shop/a", "blue")
            .Pod("shop/b", "red")
            .Pod("shop/c", "green")
            .Pod("bank/d", "gold");
        Assert.Equal(["shop/a - shop/b"], Pairs(sketch));
    }

    [Theory]
    [InlineData(RouterType.Mesh, RouterType.Mesh, true)]
    [InlineData(RouterType.Mesh, RouterType.Hub, true)]
    [InlineData(RouterType.Mesh, RouterType.Spoke, true)]
    [InlineData(RouterType.Hub, RouterType.Spoke, true)]
    [InlineData(RouterType.Hub, RouterType.Hub, false)]
    [InlineData(RouterType.Spoke, RouterType.Spoke, false)]
    public void Two_routers_join_theirs_when_their_types_do(RouterType one, RouterType other, bool joins)
    {
        foreach (var (left, right) in new[] { (one, other), (other, one) })
        {
            var sketch = Sketch
                .Net("shop/a1", "web", "10.1.0.0/24")
                .Net("shop/a2", "web", "10.2.0.0/24")
                .Net("bank/b1", "db", "10.3.0.0/24")
                .Net("bank/b2", "db", "10.4.0.0/24")
                .Router("shop/left", left, "web", "bank/right")
                .Router("bank/right", right, "db", "shop/left")
                .Pod("shop/a1", "a1")
                .Pod("shop/a2", "a2")
                .Pod("bank/b1", "b1")
                .Pod("bank/b2", "b2");
            List<string> expected = [];
            if (joins)
            {
                expected.AddRange(["bank/b1 - shop/a1", "bank/b1 - shop/a2", "bank/b2 - shop/a1", "bank/b2 - shop/a2"]);
            }
            if (left == RouterType.Mesh)
            {
                expected.Add("shop/a1 - shop/a2");
            }
            if (right == RouterType.Mesh)
            {
                expected.Add("bank/b1 - bank/b2");
            }
            Assert.Equal(expected.Order(StringComparer.Ordinal), Pairs(sketch));
        }
    }

    [Fact]
    public void A_lone_import_joins_nothing()
    {
        var sketch = Sketch
            .Net("shop/blue", "web", "10.1.0.0/24")
            .Net("bank/gold", "db", "10.2.0.0/24")
            .Router("shop/left", RouterType.Mesh, "web", "bank/right")
            .Router("bank/right", RouterType.Mesh, "db")
            .Pod("shop/a", "blue")
            .Pod("bank/b", "gold");
        Assert.Empty(Pairs(sketch));
    }

    [Fact]
    public void Routers_import_by_labels_in_their_own_namespace_or_where_they_say()
    {
        Sketch Of(RouterImport import) =>
            Sketch
                .Space("bank", ("team", "money"))
                .Net("shop/blue", "web", "10.1.0.0/24")
                .Net("bank/gold", "db", "10.2.0.0/24")
                .Router("shop/left", RouterType.Mesh, "web", [import])
                .Router("bank/right", RouterType.Mesh, "db", "shop/left")
                .Pod("shop/a", "blue")
                .Pod("bank/b", "gold");
        var selector = World.Labelled("role", "db");
        Assert.Empty(Pairs(Of(new() { Selector = selector })));
        var there = new RouterImport { Selector = selector, NamespaceSelector = World.Labelled("team", "money") };
        Assert.Equal(["bank/b - shop/a"], Pairs(Of(there)));
        Assert.Empty(Pairs(Of(there with { NamespaceSelector = World.Labelled("team", "toys") })));
        Assert.Empty(Pairs(Of(there with { Selector = World.Labelled("role", "web") })));
    }

    [Fact]
    public void Joining_is_not_transitive()
    {
        var sketch = Sketch
            .Net("shop/blue", "web", "10.1.0.0/24")
            .Net("mall/middle", "both", "10.2.0.0/24")
            .Net("bank/gold", "db", "10.3.0.0/24")
            .Router("shop/left", RouterType.Mesh, "web", "mall/center")
            .Router("mall/center", RouterType.Mesh, "both", "shop/left", "bank/right")
            .Router("bank/right", RouterType.Mesh, "db", "mall/center")
            .Pod("shop/a", "blue")
            .Pod("mall/b", "middle")
            .Pod("bank/c", "gold");
        Assert.Equal(["bank/c - mall/b", "mall/b - shop/a"], Pairs(sketch));
    }

    [Fact]
    public void Route_targets_join_both_ways_or_not_at_all_and_need_a_grant()
    {
        Sketch Of(RouteTargets left, RouteTargets right, string granted) =>
            Sketch
                .Space("shop", ("team", "x"))
                .Space("bank", ("team", "x"))
                .NetWith("shop/blue", "web", new() { RouteTargets = left }, "10.1.0.0/24")
                .NetWith("bank/gold", "db", new() { RouteTargets = right }, "10.2.0.0/24")
                .Grant(World.Labelled("team", "x"), granted, "1-9")
                .Pod("shop/a", "blue", 2)
                .Pod("shop/a2", "blue", 3)
                .Pod("bank/b", "gold", 2)
                .Pod("bank/b2", "gold", 3);
        var both = new RouteTargets { Import = ["64512:100"], Export = ["64512:100"] };
        var own = new[] { "bank/b - bank/b2", "shop/a - shop/a2" };
        string[] all = ["bank/b - shop/a", "bank/b - shop/a2", "bank/b2 - shop/a", "bank/b2 - shop/a2"];
        Assert.Equal(own.Concat(all).Order(StringComparer.Ordinal), Pairs(Of(both, both, "64512:99-100")));
        Assert.Equal(own, Pairs(Of(both with { Export = null }, both, "64512:99-100")));
        Assert.Equal(own, Pairs(Of(both with { Import = null }, both, "64512:100")));
        Assert.Empty(Pairs(Of(both, both, "64512:101-199")));
        Assert.Empty(Pairs(Of(both, both, "64513:100")));
    }

    [Fact]
    public void A_vni_by_hand_needs_a_grant()
    {
        Sketch Of(int vni) =>
            Sketch
                .NetWith("shop/blue", "web", new() { Vni = vni }, Cidr)
                .Grant(new(), "64512:1", "5000-5010")
                .Pod("shop/a", "blue", 2)
                .Pod("shop/b", "blue", 3);
        Assert.Equal(["shop/a - shop/b"], Pairs(Of(5010)));
        Assert.Empty(Pairs(Of(5011)));
        Assert.Null(Of(5011).Topology().Networks[^1].Status);
    }

    [Fact]
    public void Dual_stack_meets_one_family_in_that_family_only()
    {
        var sketch = Sketch
            .Net("shop/blue", "web", Cidr, "fd01::/64")
            .Net("shop/six", "web", "fd02::/64")
            .Router("shop/all", RouterType.Mesh, "web")
            .Pod("shop/a", "blue")
            .Pod("shop/b", "six");
        Assert.Equal(
            [("shop/a", "shop/b", "fd02::2"), ("shop/b", "shop/a", "fd01::2")],
            Oracle.Reaches(sketch.Topology())
        );
    }

    [Fact]
    public void Deny_inside_leaves_those_who_are_joined()
    {
        var sketch = Sketch
            .NetWith("shop/blue", "web", new() { IntraNetwork = IntraNetwork.Deny }, "10.1.0.0/24")
            .Net("shop/red", "web", "10.2.0.0/24")
            .Router("shop/all", RouterType.Mesh, "web")
            .Pod("shop/a", "blue", 2)
            .Pod("shop/b", "blue", 3)
            .Pod("shop/c", "red");
        Assert.Equal(["shop/a - shop/c", "shop/b - shop/c"], Pairs(sketch));
    }
}
