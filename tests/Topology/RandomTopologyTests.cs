using CsCheck;
using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

public class RandomTopologyTests
{
    // Answers come back, nothing that was let in is wrong, and no address is given twice from one Subnet.
    [Fact]
    public void Random_topologies_are_legal_and_reach_is_mutual() =>
        RandomTopology.Any.Sample(
            topology =>
            {
                Assert.Empty(Oracle.Illegal(topology));
                var reaches = Oracle.Reaches(topology);
                var pairs = reaches.Select(one => (one.From, one.To)).ToHashSet();
                Assert.All(pairs, one => Assert.Contains((one.To, one.From), pairs));
                Assert.All(reaches, one => Assert.Contains(one.Address, topology.Addresses[one.To]));
                foreach (var network in topology.Networks.Select(one => one.ObjectName().ToString()))
                {
                    var held = topology
                        .Pods.Where(pod => Oracle.NetworkOf(topology, pod) == network)
                        .SelectMany(pod => topology.Addresses[$"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}"])
                        .ToList();
                    Assert.Equal(held.Count, held.Distinct().Count());
                }
            },
            iter: 2000
        );

    // What is legal has one way to be so, network by network: to let one more in, or one out, is to be found out.
    [Fact]
    public void A_join_that_is_changed_is_no_longer_legal() =>
        RandomTopology.Any.Sample(
            topology =>
            {
                foreach (var router in topology.Routers)
                {
                    var joined = router.Status!.Joined!;
                    foreach (var network in Oracle.Selected(topology, router).Where(one => one.Status is not null))
                    {
                        var name = network.Metadata.Name;
                        var other = router with
                        {
                            Status = new()
                            {
                                Joined = joined.Contains(name)
                                    ? [.. joined.Where(one => one != name)]
                                    : [.. joined, name],
                            },
                        };
                        Assert.NotEmpty(
                            Oracle.Illegal(
                                topology with
                                {
                                    Routers = [.. topology.Routers.Select(one => one == router ? other : one)],
                                }
                            )
                        );
                    }
                }
            },
            iter: 500
        );

    // A generator whose worlds are all empty proves nothing: what they are for must happen in a fair part of them.
    [Fact]
    public void Things_meet_in_random_topologies()
    {
        var counts = new Dictionary<string, int>();
        void Count(string what, bool happens) => counts[what] = counts.GetValueOrDefault(what) + (happens ? 1 : 0);
        foreach (var topology in RandomTopology.Any.Array[500].Single(_ => true, "0000KhZ2YKe2"))
        {
            var networks = topology.Pods.ToDictionary(
                pod => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}",
                pod => Oracle.NetworkOf(topology, pod)
            );
            var reaches = Oracle.Reaches(topology);
            var across = reaches.Where(one => networks[one.From] != networks[one.To]).ToList();
            var bare = topology with { Routers = [] };
            var byTarget = Oracle.Reaches(bare).Where(one => networks[one.From] != networks[one.To]);
            Count("pods wait", networks.Values.Any(one => one is null));
            Count("some reach", reaches.Count > 0);
            Count("across networks", across.Count > 0);
            Count(
                "across namespaces",
                across.Any(one => networks[one.From]!.Split('/')[0] != networks[one.To]!.Split('/')[0])
            );
            Count("by route target", byTarget.Any());
            Count("in IPv6", across.Any(one => one.Address.Contains(':')));
            Count(
                "same address twice",
                topology.Addresses.Values.SelectMany(one => one).GroupBy(one => one).Any(one => one.Count() > 1)
            );
            Count("kept out", topology.Routers.Any(router => IsKeptOut(topology, router)));
            Count("not accepted", topology.Networks.Any(network => network.Status is null));
            Count("isolated", networks.Values.Any(one => one?.EndsWith("-pods", StringComparison.Ordinal) == true));
            Count("denied", Oracle.Reaches(Allowing(topology)).Count > reaches.Count);
        }
        Assert.All(counts, one => Assert.True(one.Value >= 10, $"{one.Key}: {one.Value} of 500"));
    }

    private static bool IsKeptOut(Topology topology, VirtualNetworkRouter router) =>
        Oracle.Selected(topology, router).Count(network => network.Status is not null) > router.Status!.Joined!.Count;

    private static Topology Allowing(Topology topology) =>
        topology with
        {
            Networks =
            [
                .. topology.Networks.Select(network =>
                    network with
                    {
                        Spec = network.Spec with { IntraNetwork = null },
                    }
                ),
            ],
        };
}
