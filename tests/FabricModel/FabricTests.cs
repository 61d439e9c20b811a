using Tombolo.Api;
using Tombolo.Fabric;
using Tombolo.Values;
using Model = Tombolo.Fabric.Fabric;

namespace Tombolo.Tests.FabricModel;

public class FabricTests
{
    private readonly Model fabric = new();

    [Fact]
    public void A_node_is_told_of_the_networks_of_its_interfaces_and_of_no_other()
    {
        TwoIslands();
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        Attach("blue/b", "blue/net", "node-2", 18, "10.10.0.10");
        var news = fabric.Flush();
        Assert.Equal(["Vrf red/net"], Told(news, "node-1", EntryKind.Vrf));
        Assert.Equal(["Vrf blue/net"], Told(news, "node-2", EntryKind.Vrf));
        Assert.DoesNotContain(news[Cluster.Node("node-1")].Put, entry => entry is TunnelEntry);
    }

    [Fact]
    public void The_same_address_in_two_networks_is_two_routes()
    {
        TwoIslands();
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        Attach("blue/a", "blue/net", "node-1", 18, "10.10.0.10");
        fabric.Flush();
        var routes = Routes("node-1", "10.10.0.10/32");
        Assert.Equal(17u, routes["red/net"].Paths[0].Label.Value);
        Assert.Equal(18u, routes["blue/net"].Paths[0].Label.Value);
    }

    [Fact]
    public void A_bound_interface_never_displaces_one_that_is_up()
    {
        TwoIslands();
        Attach("red/old", "red/net", "node-1", 17, "10.10.0.10");
        Attach("red/new", "red/net", "node-2", 18, "10.10.0.10", up: false);
        fabric.Flush();
        Assert.Equal(17u, Routes("node-1", "10.10.0.10/32")["red/net"].Paths[0].Label.Value);

        fabric.Bind("red/old", "node-1", ended: true);
        fabric.Flush();
        var left = Routes("node-2", "10.10.0.10/32")["red/net"].Paths[0];
        Assert.Equal((18u, false), (left.Label.Value, left.Up));
    }

    [Fact]
    public void A_tunnel_is_told_only_where_a_network_spans_nodes()
    {
        TwoIslands();
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        Attach("red/b", "red/net", "node-2", 18, "10.10.0.11");
        Attach("blue/c", "blue/net", "node-3", 19, "10.10.0.11");
        fabric.Flush();
        Assert.Equal(["Tunnel 1/node-2"], Keys("node-1", EntryKind.Tunnel));
        Assert.Empty(Keys("node-3", EntryKind.Tunnel));

        fabric.Report(Cluster.Node("node-2"), "uid red/b-eth0", null);
        var news = fabric.Flush();
        Assert.Contains(new EntryKey(EntryKind.Tunnel, "1/node-2"), news[Cluster.Node("node-1")].Remove);
        Assert.Contains(
            new EntryKey(EntryKind.Route, "red/net", Prefix.Parse("10.10.0.11/32")),
            news[Cluster.Node("node-1")].Remove
        );
    }

    [Fact]
    public void A_network_without_numbers_has_no_vrf()
    {
        fabric.Put(Cluster.Network("red/net", 0, "v4"));
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        fabric.Flush();
        Assert.Empty(Keys("node-1", EntryKind.Vrf));
        Assert.Empty(Keys("node-1", EntryKind.Interface));
    }

    [Fact]
    public void A_dead_nodes_routes_are_withdrawn_and_come_back()
    {
        TwoIslands();
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        Attach("red/b", "red/net", "node-2", 18, "10.10.0.11");
        fabric.Flush();
        fabric.Put(Cluster.Node("node-2"), Cluster.Facts("172.30.2.2", alive: false));
        fabric.Flush();
        Assert.Empty(Routes("node-1", "10.10.0.11/32"));
        fabric.Put(Cluster.Node("node-2"), Cluster.Facts("172.30.2.2"));
        fabric.Flush();
        Assert.Single(Routes("node-1", "10.10.0.11/32"));
    }

    [Fact]
    public void Another_pod_of_the_same_name_does_not_inherit_the_interface()
    {
        TwoIslands();
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        fabric.Flush();
        fabric.Put(new ObjectName("red", "a"), new PodFacts("another uid", "node-1", false));
        fabric.Flush();
        Assert.Empty(Keys("node-1", EntryKind.Interface));
    }

    [Fact]
    public void Nothing_new_is_no_delta()
    {
        TwoIslands();
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        fabric.Flush();
        TwoIslands();
        Attach("red/a", "red/net", "node-1", 17, "10.10.0.10");
        Assert.Empty(fabric.Flush());
    }

    private void TwoIslands()
    {
        foreach (var (color, index) in new[] { ("red", 7), ("blue", 8) })
        {
            fabric.Put(Cluster.Subnet($"{color}/v4", "10.10.0.0/24"));
            fabric.Put(Cluster.Network($"{color}/net", index, "v4"));
        }
        for (var node = 1; node <= 3; node++)
        {
            fabric.Put(Cluster.Node($"node-{node}"), Cluster.Facts($"172.30.{node}.2"));
        }
    }

    private void Attach(string pod, string network, string node, uint label, string address, bool up = true)
    {
        var made = Cluster.Interface(pod, network, address);
        fabric.Put(made);
        fabric.Bind(pod, node);
        fabric.Report(Cluster.Node(node), Cluster.UidOf(made), new InterfaceReported(new Label(label), up));
    }

    private static IEnumerable<string> Told(
        IReadOnlyDictionary<NodeName, NodeDelta> news,
        string node,
        EntryKind kind
    ) => news[Cluster.Node(node)].Put.Where(entry => entry.Key.Kind == kind).Select(entry => entry.Key.ToString());

    private IEnumerable<string> Keys(string node, EntryKind kind) =>
        fabric
            .Snapshot(Cluster.Node(node))
            .Where(entry => entry.Key.Kind == kind)
            .Select(entry => entry.Key.ToString());

    private Dictionary<string, RouteEntry> Routes(string node, string prefix) =>
        fabric
            .Snapshot(Cluster.Node(node))
            .OfType<RouteEntry>()
            .Where(route => route.Prefix == Prefix.Parse(prefix))
            .ToDictionary(route => route.Vrf);
}
