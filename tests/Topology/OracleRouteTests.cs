using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>Which route wins, and what may be let in.</summary>
public class OracleRouteTests
{
    private static Sketch Sketch => new();

    private static string From(Topology topology, string pod, string address) =>
        Oracle.Leads(topology, topology.Pods.Single(one => one.Metadata.Name == pod), address);

    // What the controller would not decide, but what later addresses can bring about.
    private static Topology LetIn(Topology topology, params string[] networks) =>
        topology with
        {
            Routers = [.. topology.Routers.Select(router => router with { Status = new() { Joined = networks } })],
        };

    private static Sketch Colliding =>
        Sketch
            .Net("shop/blue", "web", "10.1.0.0/24")
            .Net("shop/red", "web", "10.1.0.0/28")
            .Router("shop/all", RouterType.Mesh, "web")
            .Pod("shop/a", "blue", 2)
            .Pod("shop/b", "blue", 3)
            .Pod("shop/c", "red", 3)
            .Pod("shop/d", "red", 4);

    [Fact]
    public void A_network_whose_addresses_collide_is_not_let_in()
    {
        var topology = Colliding.Topology();
        Assert.Equal(["blue"], topology.Routers[0].Status!.Joined);
        Assert.Empty(Oracle.Illegal(topology));
        Assert.Equal(
            [("shop/a", "shop/b"), ("shop/b", "shop/a"), ("shop/c", "shop/d"), ("shop/d", "shop/c")],
            Oracle.Reaches(topology).Select(one => (one.From, one.To))
        );
    }

    [Fact]
    public void What_is_wrong_with_joins_is_said()
    {
        var topology = Colliding.Topology();
        Assert.Equal(
            [
                "shop/all let in shop/blue, which is joined with shop/red though both use 10.1.0.3",
                "shop/all let in shop/red, which is joined with shop/blue though both use 10.1.0.3",
            ],
            Oracle.Illegal(LetIn(topology, "blue", "red"))
        );
        Assert.Equal(
            [
                "shop/all kept out shop/blue though nothing collides",
                "shop/all kept out shop/red though nothing collides",
            ],
            Oracle.Illegal(LetIn(topology))
        );
        Assert.Empty(Oracle.Illegal(LetIn(topology, "red"))); // who came first is nobody's business
        Assert.Equal(
            ["shop/all let in shop/gone, which it does not select"],
            Oracle.Illegal(LetIn(topology, "blue", "gone"))
        );
    }

    [Fact]
    public void The_own_route_wins_over_an_equal_one_that_is_imported()
    {
        var topology = LetIn(Colliding.Topology(), "blue", "red");
        Assert.Equal("shop/b", From(topology, "a", "10.1.0.3"));
        Assert.Equal("shop/c", From(topology, "d", "10.1.0.3"));
        // b and d: what d answers to 10.1.0.3 stays in d's own network.
        Assert.Equal("shop/d", From(topology, "b", "10.1.0.4"));
        Assert.DoesNotContain(("shop/b", "shop/d", "10.1.0.4"), Oracle.Reaches(topology));
        Assert.Contains(("shop/a", "shop/d", "10.1.0.4"), Oracle.Reaches(topology));
    }

    [Fact]
    public void Of_two_imported_ones_the_first_interface_wins()
    {
        // Two spokes are not joined with each other, so their addresses may collide; the hub then hears of both.
        var topology = Sketch
            .Net("shop/hub", "hub", "10.9.0.0/24")
            .Net("shop/one", "spoke", "10.1.0.0/24")
            .Net("shop/two", "spoke", "10.1.0.0/24")
            .Router("shop/center", RouterType.Hub, "hub", "shop/around")
            .Router("shop/around", RouterType.Spoke, "spoke", "shop/center")
            .Pod("shop/h", "hub")
            .Pod("shop/z", "one")
            .Pod("shop/y", "two")
            .Topology();
        Assert.Empty(Oracle.Illegal(topology));
        Assert.Equal([("shop/h", "shop/y", "10.1.0.2"), ("shop/y", "shop/h", "10.9.0.2")], Oracle.Reaches(topology));
    }

    [Fact]
    public void A_static_route_drops_what_no_longer_route_leads_elsewhere()
    {
        var topology = Sketch
            .NetWith(
                "shop/blue",
                "web",
                new() { Routes = [Drop("10.1.0.0/24"), Drop("10.1.0.2/32"), Drop("10.2.0.0/16"), Drop("10.2.0.2/32")] },
                "10.1.0.0/24"
            )
            .Net("shop/red", "web", "10.2.0.0/24")
            .Router("shop/all", RouterType.Mesh, "web")
            .Pod("shop/a", "blue", 2)
            .Pod("shop/b", "blue", 3)
            .Pod("shop/c", "red", 2)
            .Topology();
        Assert.Equal(Oracle.Dropped, From(topology, "a", "10.2.0.9"));
        Assert.Equal(Oracle.Dropped, From(topology, "a", "10.1.0.9")); // beats its own subnet
        Assert.Equal(Oracle.Nobody, From(topology, "c", "10.1.0.9")); // stays at home
        Assert.Equal("shop/a", From(topology, "b", "10.1.0.2")); // loses to an address
        Assert.Equal("shop/c", From(topology, "b", "10.2.0.2"));
        Assert.Equal(6, Oracle.Reaches(topology).Count);
    }

    [Fact]
    public void A_firewall_pod_ends_what_goes_by_it_and_does_not_loop()
    {
        StaticRoute via = new()
        {
            Prefix = "10.2.0.0/24",
            Via = new() { Pod = "wall" },
        };
        var topology = Sketch
            .NetWith("shop/blue", "web", new() { Routes = [via] }, "10.1.0.0/24")
            .NetWith("shop/red", "db", new() { Routes = [via with { Prefix = "10.1.0.0/24" }] }, "10.2.0.0/24")
            .Pod("shop/a", "blue", 2)
            .Pod("shop/wall", "blue", 3)
            .Pod("shop/b", "red", 2)
            .Topology();
        Assert.Equal("shop/wall", From(topology, "a", "10.2.0.2"));
        Assert.Equal(Oracle.Nobody, From(topology, "wall", "10.2.0.2"));
        Assert.Equal(Oracle.Nobody, From(topology, "b", "10.1.0.2")); // the wall is no pod of red
        Assert.Equal(
            [("shop/a", "shop/wall", "10.1.0.3"), ("shop/wall", "shop/a", "10.1.0.2")],
            Oracle.Reaches(topology)
        );
    }

    [Fact]
    public void A_route_by_an_address_goes_where_that_leads_without_static_routes()
    {
        var topology = Sketch
            .NetWith(
                "shop/blue",
                "web",
                new()
                {
                    Routes =
                    [
                        Via("10.5.0.0/24", "10.1.0.3"),
                        Via("10.6.0.0/24", "10.1.0.77"),
                        Via("10.7.0.0/24", "10.5.0.1"),
                        Via("0.0.0.0/0", "10.1.0.3"),
                    ],
                },
                "10.1.0.0/24"
            )
            .Pod("shop/a", "blue", 2)
            .Pod("shop/b", "blue", 3)
            .Topology();
        Assert.Equal("shop/b", From(topology, "a", "10.5.0.1"));
        Assert.Equal(Oracle.Nobody, From(topology, "a", "10.6.0.1"));
        Assert.Equal(Oracle.Nobody, From(topology, "a", "10.7.0.1"));
        Assert.Equal("shop/b", From(topology, "a", "8.8.8.8"));
        Assert.Equal(Oracle.Nobody, From(topology, "a", "10.1.0.9")); // connected: nobody's
    }

    [Fact]
    public void Allowed_prefixes_lead_to_their_pod_and_lose_to_addresses()
    {
        var spec = new VirtualNetworkSpec { AllowedPrefixes = ["10.2.0.0/24"] };
        var topology = Sketch
            .NetWith("shop/blue", "web", spec, "10.1.0.0/24")
            .Net("shop/red", "web", "10.2.0.0/24")
            .Router("shop/all", RouterType.Mesh, "web")
            .Pod("shop/a", "blue", 2)
            .Pod("shop/b", "blue", 3, "10.1.0.8/29,10.1.0.2,10.2.0.2,10.2.0.3")
            .Pod("shop/c", "red", 2)
            .Topology();
        Assert.Equal("shop/b", From(topology, "a", "10.1.0.9"));
        Assert.Equal("shop/b", From(topology, "c", "10.1.0.9")); // imported as addresses are
        Assert.Equal("shop/b", From(topology, "a", "10.2.0.3"));
        Assert.Equal("shop/a", From(topology, "b", "10.1.0.2"));
        Assert.Equal("shop/c", From(topology, "a", "10.2.0.2")); // an allocated one always wins
        Assert.Equal(6, Oracle.Reaches(topology).Count);
    }

    private static StaticRoute Drop(string prefix) => new() { Prefix = prefix, Drop = true };

    private static StaticRoute Via(string prefix, string address) =>
        new()
        {
            Prefix = prefix,
            Via = new() { Address = address },
        };
}
