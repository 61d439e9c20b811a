using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tombolo.Agent.Datapath;
using Tombolo.Linux;
using Tombolo.Linux.Bpf;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>The plan-then-apply writer against the kernel's own maps.</summary>
public sealed class DatapathTests : KernelTest
{
    private static readonly Address Local = Address.Parse("172.30.1.2");
    private readonly FakeTimeProvider time = new();

    public DatapathTests() => Mounts.BpfFs(Path.Combine(Home, "bpf"));

    private string Pins => Path.Combine(Home, "bpf", "node");

    private Datapath Open(uint hosts = 64, uint entries = 64) =>
        Datapath.Open(
            new DatapathOptions
            {
                ObjectPath = BpfBuild.Object,
                PinDirectory = Pins,
                Hosts = hosts,
                Entries = entries,
            },
            time
        );

    private static WantedState State(params int[] hosts) =>
        new()
        {
            Vrfs = [new WantedVrf(1, [Prefix.Parse("10.10.0.0/24")])],
            Tunnels = [new WantedTunnel(Address.Parse("172.30.2.2"), Local, 1, 1500)],
            Interfaces =
            [
                new WantedInterface(7, 1, new Label(100), new Mac(5))
                {
                    Addresses = [Address.Parse("10.10.0.5")],
                    Allowed = [Prefix.Parse("192.168.0.0/16")],
                    Gateway4 = Address.Parse("10.10.0.1"),
                    Identity = 42,
                },
            ],
            Routes =
            [
                .. hosts.Select(host => new WantedRoute(
                    1,
                    Prefix.Parse($"10.10.0.{host}/32"),
                    new WantedNextHop.Tunnel(Address.Parse("172.30.2.2"), (uint)(200 + host)),
                    (UInt128)host
                )),
            ],
        };

    [Fact]
    public void Applied_twice_changes_nothing()
    {
        using var datapath = Open();
        Assert.InRange(datapath.Apply(State(7, 8)), 10, 30);
        Assert.Equal(0, datapath.Apply(State(7, 8)));
    }

    [Fact]
    public void One_more_route_costs_its_own_entries()
    {
        using var datapath = Open();
        datapath.Apply(State(7));
        Assert.Equal(3, datapath.Apply(State(7, 8))); // identity, next hop, route
        Assert.Equal(3, datapath.Apply(State(7)));
    }

    [Fact]
    public void Nothing_wanted_leaves_nothing()
    {
        using var datapath = Open();
        datapath.Apply(State(7, 8, 9));
        datapath.Apply(WantedState.Empty);
        var dump = datapath.Dump();
        Assert.Empty(dump.Interfaces);
        Assert.Empty(dump.Routes);
        Assert.Empty(dump.Tunnels);
        Assert.Empty(dump.Labels);
        Assert.Empty(datapath.Maps.Spoof.Entries());
        Assert.Empty(datapath.Maps.TunnelEndpoints.Entries());
        Assert.All(datapath.Maps.NextHops.Entries(), entry => Assert.Equal(NextHopKind.None, entry.Value.Kind));
        Assert.All(datapath.Maps.Identities.Entries(), entry => Assert.Equal(default, entry.Value));
    }

    [Fact]
    public void The_dump_says_it_in_words()
    {
        using var datapath = Open();
        datapath.Apply(
            State(7) with
            {
                Routes =
                [
                    .. State(7).Routes,
                    new(1, Prefix.Parse("10.10.0.8/32"), new WantedNextHop.Interface(9, new Mac(9)), NotUp: true),
                    new(1, Prefix.Parse("10.20.0.0/16"), new WantedNextHop.Drop(DropReason.NoWayBack), Own: false),
                    new(1, Prefix.Parse("10.10.0.9/32"), new WantedNextHop.Tunnel(Address.Parse("172.30.9.9"), 1)),
                ],
            }
        );
        var dump = datapath.Dump();
        var item = Assert.Single(dump.Interfaces);
        Assert.Equal(
            (7u, 1u, 100u, "00:00:00:00:00:05", "10.10.0.1", ""),
            (item.IfIndex, item.Vrf, item.Label, item.Mac, item.Gateway4, item.Gateway6)
        );
        Assert.Equal(["10.10.0.5"], item.Addresses);
        Assert.Equal(["192.168.0.0/16"], item.Allowed);
        Assert.Equal("0000000000000000000000000000002a", item.Identity);
        Assert.Equal(
            [
                "10.10.0.0/24 connected",
                "10.10.0.7/32 vxlan 172.30.2.2 label 207",
                "10.10.0.8/32 interface 9 00:00:00:00:00:09 not up",
                "10.10.0.9/32 drop no_route",
                "10.20.0.0/16 drop no_way_back",
            ],
            dump.Routes.Select(route => $"{route.Prefix} {route.To}{(route.NotUp ? " not up" : "")}")
        );
        Assert.Equal(("172.30.2.2", 1500), dump.Tunnels.Select(tunnel => (tunnel.Remote, tunnel.PathMtu)).Single());
        Assert.Equal((100u, "Interface", 7u), dump.Labels.Select(one => (one.Value, one.Kind, one.IfIndex)).Single());
    }

    [Fact]
    public void Another_agent_finds_what_the_first_left_and_its_numbers()
    {
        List<KeyValuePair<AddressKey, RouteEntry>> before;
        using (var first = Open())
        {
            first.Apply(State(7, 8, 9));
            first.Apply(State(8, 9));
            before = first.Maps.Hosts.Entries();
        }
        using var second = Open();
        Assert.Equal(0, second.Apply(State(8, 9)));
        Assert.Equal(before, second.Maps.Hosts.Entries());
        Assert.Equal(3, second.Apply(State(8, 9, 10)));
    }

    [Fact]
    public void A_pinned_map_keeps_its_size()
    {
        using (var first = Open(hosts: 16))
        {
            first.Apply(State(7));
        }
        using var second = Open(hosts: 1024);
        Assert.Equal(16u, second.Maps.Hosts.Shape.MaxEntries);
        Assert.Equal(0, second.Apply(State(7)));
    }

    [Fact]
    public void A_full_map_is_named_and_what_fits_another_time_goes_in()
    {
        using var datapath = Open(hosts: 4);
        datapath.Apply(State(1, 2, 3, 4));
        var full = Assert.Throws<LinuxException>(() => datapath.Apply(State(1, 2, 3, 4, 5, 6, 7, 8, 9)));
        Assert.Contains("hosts", full.Message);
        // All others: there is room only once the old ones are gone.
        datapath.Apply(State(5, 6, 7, 8));
        Assert.Equal(
            ["10.10.0.5/32", "10.10.0.6/32", "10.10.0.7/32", "10.10.0.8/32"],
            datapath
                .Dump()
                .Routes.Select(route => route.Prefix)
                .Where(prefix => prefix.EndsWith("/32", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_slot_of_another_content_has_another_generation()
    {
        using var datapath = Open();
        datapath.Apply(State(7));
        var slot = datapath.Maps.NextHops.Entries().Single(entry => entry.Value.Label == 207);
        datapath.Apply(State());
        time.Advance(TimeSpan.FromSeconds(2));
        datapath.Apply(State(8));
        Assert.True(datapath.Maps.NextHops.TryGet(slot.Key, out var reused));
        Assert.Equal(208u, reused.Label);
        Assert.True(reused.Generation > slot.Value.Generation);
    }

    [Fact]
    public void A_pinned_map_of_another_shape_is_refused_by_name()
    {
        using (Open()) { }
        // One map in the place of another, as a forgotten change of the layout would have it.
        File.Delete(Path.Combine(Pins, "v1/maps/hosts"));
        BpfBuild.Run(
            "bpftool",
            "map",
            "create",
            Path.Combine(Pins, "v1/maps/hosts"),
            "type",
            "hash",
            "key",
            "4",
            "value",
            "4",
            "entries",
            "64",
            "name",
            "hosts"
        );
        var refused = Assert.Throws<LinuxException>(() => Open());
        Assert.Contains("hosts", refused.Message);
    }

    [Fact]
    public void A_missing_object_is_named()
    {
        var options = new DatapathOptions { ObjectPath = Path.Combine(Home, "none.o"), PinDirectory = Pins };
        var refused = Assert.Throws<LinuxException>(() => Datapath.Open(options));
        Assert.Contains("none.o", refused.Message);
        Assert.Equal(Errno.ENOENT, refused.Errno);
    }

    [Fact]
    public void A_node_that_is_taken_down_leaves_no_pins()
    {
        using (var datapath = Open())
        {
            datapath.Apply(State(7));
        }
        Datapath.Destroy(Pins);
        Assert.False(Directory.Exists(Pins));
        Datapath.Destroy(Pins);
    }

    // From any state to any other: the kernel holds exactly the last.
    [Fact]
    public void Whatever_came_before_the_maps_are_as_wanted()
    {
        using var datapath = Open(entries: 256);
        Gen.Select(Gen.Int[1, 40].Array[0, 30], Gen.Bool)
            .Array[1, 6]
            .Sample(
                steps =>
                {
                    foreach (var (hosts, notUp) in steps)
                    {
                        time.Advance(TimeSpan.FromSeconds(1));
                        var state = State([.. hosts.Distinct()]);
                        state = state with { Routes = [.. state.Routes.Select(route => route with { NotUp = notUp })] };
                        datapath.Apply(state);
                        Assert.Equal(0, datapath.Apply(state));
                        Assert.Equal(
                            hosts
                                .Distinct()
                                .Order()
                                .Select(host => ($"10.10.0.{host}/32", $"vxlan 172.30.2.2 label {200 + host}", notUp)),
                            datapath
                                .Dump()
                                .Routes.Where(route => route.Prefix.EndsWith("/32", StringComparison.Ordinal))
                                .Select(route => (route.Prefix, route.To, route.NotUp))
                        );
                    }
                },
                iter: 40,
                threads: 1
            );
    }
}
