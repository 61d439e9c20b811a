using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Tests.Intents;

public class RouterAdmissionTests
{
    private readonly Dictionary<string, VirtualNetworkRouter> routers = new(StringComparer.Ordinal);
    private readonly List<VirtualNetwork> networks = [];
    private readonly Dictionary<string, string[]> inUse = new(StringComparer.Ordinal);

    public static TheoryData<RouterType, RouterType, bool> Types() =>
        new()
        {
            { RouterType.Mesh, RouterType.Mesh, true },
            { RouterType.Mesh, RouterType.Hub, true },
            { RouterType.Mesh, RouterType.Spoke, true },
            { RouterType.Hub, RouterType.Spoke, true },
            { RouterType.Hub, RouterType.Hub, false },
            { RouterType.Spoke, RouterType.Spoke, false },
        };

    [Theory, MemberData(nameof(Types))]
    public void Two_routers_that_import_each_other_are_peers_as_their_types_allow(RouterType a, RouterType b, bool join)
    {
        Network("x/one", "10.0.0.1");
        Network("y/one", "10.0.0.2");
        foreach (var (first, second) in new[] { (a, b), (b, a) })
        {
            Router("x/r", first, "y/r");
            Router("y/r", second, "x/r");
            var decision = Decide("x/r");
            Assert.Equal(join ? ["y/r"] : [], decision.Peers);
            Assert.Equal(join ? "Accepted" : "TypesDoNotJoin", decision.Judgement.Reason);
        }
    }

    [Fact]
    public void A_lone_import_waits_for_its_peer()
    {
        Network("x/one", "10.0.0.1");
        Router("x/r", RouterType.Mesh, "y/r");
        Assert.Equal("WaitingForPeer", Decide("x/r").Judgement.Reason);
        Router("y/r", RouterType.Mesh);
        var decision = Decide("x/r");
        Assert.Equal("WaitingForPeer", decision.Judgement.Reason);
        Assert.Equal("spec.import[0]: y/r does not import x/r; a join needs both", decision.Judgement.Message);
        Assert.Empty(decision.Peers);
    }

    [Fact]
    public void One_that_imports_itself_or_selects_nothing_says_so()
    {
        Router("x/r", RouterType.Mesh);
        Assert.Equal("SelectsNothing", Decide("x/r").Judgement.Reason);
        Network("x/one", "10.0.0.1");
        Router("x/r", RouterType.Mesh, "x/r");
        Assert.Equal("ImportsItself", Decide("x/r").Judgement.Reason);
        Assert.Equal(["one"], Decide("x/r").Joined);
    }

    [Fact]
    public void A_circle_of_imports_joins_each_with_its_neighbours_only()
    {
        foreach (var (name, next, before) in new[] { ("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b") })
        {
            Network($"{name}/one", $"10.0.0.{(int)name[0]}");
            Router($"{name}/r", RouterType.Hub, $"{next}/r");
        }
        Assert.All(routers.Keys, name => Assert.Empty(Decide(name).Peers));
    }

    [Fact]
    public void A_network_whose_addresses_collide_is_kept_out_and_both_are_named()
    {
        Network("x/a", "10.0.0.1", "fd00::1");
        Network("x/b", "10.0.0.2");
        Network("x/c", "10.0.0.1");
        Router("x/r", RouterType.Mesh);
        var decision = Settle("x/r");
        Assert.Equal(["a", "b"], decision.Joined);
        var collision = Assert.Single(decision.Collisions);
        Assert.Equal(("x/c", "x/a", "10.0.0.1"), (collision.Network, collision.With, collision.Address));

        // Once the address is free the network comes in.
        inUse["x/a"] = ["10.0.0.9"];
        Assert.Equal(["a", "b", "c"], Settle("x/r").Joined);
    }

    [Fact]
    public void What_was_decided_stays_when_addresses_collide_later()
    {
        Network("x/a", "10.0.0.1");
        Network("x/b", "10.0.0.2");
        Router("x/r", RouterType.Mesh);
        Settle("x/r");
        inUse["x/b"] = ["10.0.0.1"];
        var decision = Settle("x/r");
        Assert.Equal(["a", "b"], decision.Joined);
        Assert.Equal("10.0.0.1", Assert.Single(decision.Collisions).Address);
    }

    [Fact]
    public void Spokes_may_hold_the_same_addresses_and_their_hub_may_not()
    {
        Network("s/a", "10.0.0.1");
        Network("s/b", "10.0.0.1");
        Router("s/r", RouterType.Spoke, "h/r");
        Assert.Equal(["a", "b"], Settle("s/r").Joined);
        Network("h/a", "10.0.0.1");
        Router("h/r", RouterType.Hub, "s/r");
        var hub = Settle("h/r");
        Assert.Equal(["s/r"], hub.Peers);
        Assert.Empty(hub.Joined);
        Assert.Equal(("h/a", "s/a"), (hub.Collisions[0].Network, hub.Collisions[0].With));
        Assert.Equal(["h/r"], Settle("s/r").Peers);
        inUse["h/a"] = ["10.0.0.3"];
        Assert.Equal(["a"], Settle("h/r").Joined);
    }

    [Fact]
    public void Routers_whose_networks_collide_already_are_not_joined()
    {
        Network("x/a", "10.0.0.1");
        Network("y/a", "10.0.0.1");
        Router("x/r", RouterType.Mesh);
        Router("y/r", RouterType.Mesh);
        Settle("x/r");
        Settle("y/r");
        Router("x/r", RouterType.Mesh, "y/r");
        Router("y/r", RouterType.Mesh, "x/r");
        routers["x/r"] = routers["x/r"] with { Status = new VirtualNetworkRouterStatus { Joined = ["a"] } };
        routers["y/r"] = routers["y/r"] with { Status = new VirtualNetworkRouterStatus { Joined = ["a"] } };
        var decision = Settle("x/r");
        Assert.Equal(["a"], decision.Joined);
        Assert.Empty(decision.Peers);
        Assert.Equal(("y/a", "x/a"), (decision.Collisions[0].Network, decision.Collisions[0].With));
    }

    [Fact]
    public void Of_a_pair_the_second_agrees_with_the_first()
    {
        Network("x/a", "10.0.0.1");
        Network("y/a", "10.0.0.2");
        Router("x/r", RouterType.Mesh, "y/r");
        Router("y/r", RouterType.Mesh, "x/r");
        Settle("x/r");
        Settle("y/r");
        Assert.Equal(["y/r"], Settle("x/r").Peers);
        routers["y/r"] = routers["y/r"] with { Status = routers["y/r"].Status! with { Peers = [] } };
        inUse["y/a"] = ["10.0.0.1"];
        Assert.Equal(["x/r"], Settle("y/r").Peers);
    }

    [Fact]
    public void More_than_a_thousand_networks_are_refused_by_name()
    {
        for (var i = 0; i < 1001; i++)
        {
            Network($"x/n{i:0000}", $"10.{i / 250}.{i % 250}.1");
        }
        Router("x/r", RouterType.Mesh);
        var decision = Settle("x/r");
        Assert.Equal(1000, decision.Joined.Count);
        Assert.Equal("TooManyNetworks", decision.Judgement.Reason);
    }

    private RouterAdmission.Decision Settle(string name)
    {
        var decision = Decide(name);
        routers[name] = routers[name] with
        {
            Status = new VirtualNetworkRouterStatus { Joined = decision.Joined, Peers = decision.Peers },
        };
        return decision;
    }

    private RouterAdmission.Decision Decide(string name) =>
        RouterAdmission.Decide(
            routers[name],
            new RouterAdmission.Surroundings(
                routers.Values,
                space => networks.Where(network => network.Metadata.NamespaceProperty == space),
                _ => new Dictionary<string, string>(),
                network => [.. inUse[network.ToString()].Select(Address.Parse)]
            )
        );

    private void Network(string name, params string[] addresses)
    {
        networks.Add(new VirtualNetwork { Metadata = Meta(name) });
        inUse[name] = addresses;
    }

    private void Router(string name, RouterType type, params string[] imports) =>
        routers[name] = new VirtualNetworkRouter
        {
            Metadata = Meta(name),
            Spec = new VirtualNetworkRouterSpec
            {
                Type = type,
                Selector = new V1LabelSelector(),
                Import =
                [
                    .. imports
                        .Select(ObjectName.Parse)
                        .Select(other => new RouterImport { Name = other.Name, Namespace = other.Namespace }),
                ],
            },
        };

    private static V1ObjectMeta Meta(string name)
    {
        var full = ObjectName.Parse(name);
        return new V1ObjectMeta { Name = full.Name, NamespaceProperty = full.Namespace };
    }
}
