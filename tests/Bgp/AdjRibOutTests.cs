using CsCheck;
using Tombolo.Bgp.Rib;
using Tombolo.Bgp.Wire;

namespace Tombolo.Tests.Bgp;

public class AdjRibOutTests
{
    public static TheoryData<string> FamilyNames => new(Families.All.Select(row => row.Name));

    // After any history of routes, flushes, neighbours that join, lag, refresh and leave, each neighbour holds exactly
    // what the chosen routes say, and nothing is left over when all is withdrawn.
    [Theory]
    [MemberData(nameof(FamilyNames))]
    public void Neighbours_hold_what_the_chosen_routes_say(string name)
    {
        var family = Families.Find(name)!;
        var hop = family.Family.Afi == 2 ? BgpGen.V6 : BgpGen.V4;
        Gen.Select(
                BgpGen.Nlri(family.Family).Array[1, 30],
                BgpGen.Attributes(hop).Array[1, 6],
                Gen.Select(Gen.Int[0, 11], Gen.Int[0, 999], Gen.Int[0, 999]).Array[1, 200]
            )
            .Sample(
                (routes, sets, actions) =>
                {
                    var world = new RibWorld(family.Family);
                    var listeners = new List<RibWorld.Listener>
                    {
                        world.Listen(1, false),
                        world.Listen(2, false),
                        world.Listen(3, true),
                        world.Listen(30, true, isClient: true),
                        world.Listen(31, true, addPath: true, isClient: true),
                    };
                    foreach (var (action, one, two) in actions)
                    {
                        var route = routes[one % routes.Length];
                        var source = (ushort)(one % 4 + 1);
                        switch (action)
                        {
                            case <= 5:
                                world.Announce(source, route, sets[two % sets.Length]);
                                break;
                            case <= 7:
                                world.Rib.Withdraw(source, route);
                                break;
                            case 8:
                                world.Flush([.. listeners]);
                                break;
                            case 9:
                                var lagging = listeners[two % listeners.Count];
                                lagging.Group = world.Rib.Split(lagging.Group, lagging.Feed);
                                lagging.Group.Restart(repeats: one % 2 == 0);
                                break;
                            case 10:
                                world.Rib.RemoveAll(source, onlyStale: false);
                                break;
                            default:
                                var leaving = listeners[two % listeners.Count];
                                var key = leaving.Group.Key;
                                world.Rib.Leave(leaving.Group, leaving.Feed);
                                listeners.Remove(leaving);
                                listeners.Add(
                                    world.Listen(leaving.Feed.Source, key.IsInternal, key.AddPath, key.IsClient)
                                );
                                break;
                        }
                    }
                    world.Flush([.. listeners]);
                    foreach (var listener in listeners)
                    {
                        Assert.Equal(listener.Expected(), listener.Held);
                    }
                    for (ushort source = 1; source <= 4; source++)
                    {
                        world.Rib.RemoveAll(source, onlyStale: false);
                    }
                    world.Flush([.. listeners]);
                    world.Flush([.. listeners]);
                    Assert.All(listeners, listener => Assert.Empty(listener.Held));
                    Assert.Equal((0, 0, 0), (world.Rib.Table.Count, world.Rib.Table.PathCount, world.Sets.Count));
                },
                iter: 60,
                threads: 1
            );
    }

    [Fact]
    public void Likes_share_one_group_once_they_are_in_step()
    {
        var world = new RibWorld(Family.IPv4Unicast);
        var listeners = Enumerable.Range(10, 5).Select(source => world.Listen((ushort)source, false)).ToArray();
        Assert.Equal(5, world.Rib.Groups.Count);
        world.Flush(listeners);
        Assert.Single(world.Rib.Groups);
    }

    [Fact]
    public void Packs_routes_of_equal_attributes_into_full_messages()
    {
        var world = new RibWorld(Family.IPv4Unicast);
        var set = new AttributeBuilder().Start();
        set.NextHop = Tombolo.Values.Address.V4(0x0a000001);
        set.Origin(Origin.Igp).Set(AttributeCode.AsPath, []);
        for (var i = 0u; i < 10_000; i++)
        {
            world.Announce(
                1,
                Nlri.Unicast(new Tombolo.Values.Prefix(Tombolo.Values.Address.V4(i << 12), 20)),
                set.Build()
            );
        }
        var listener = world.Listen(9, false);
        world.Flush(listener);
        Assert.Equal(10_000, listener.Held.Count);
        // Four octets a route: about a thousand in a message.
        Assert.InRange(listener.Messages, 10, 12);
    }

    [Fact]
    public void A_long_lived_stale_route_is_marked_least_preferred_and_unwanted_ones_go()
    {
        var world = new RibWorld(Family.IPv4Unicast);
        var builder = new AttributeBuilder().Start();
        builder.NextHop = Tombolo.Values.Address.V4(0x0a000001);
        builder.Origin(Origin.Igp).Set(AttributeCode.AsPath, []);
        var plain = builder.Build();
        var shy = builder.Community(Community.NoLlgr).Build();
        var longer = new AttributeBuilder().Start(plain).Prepend(7, 3).Build();
        var (first, second) = (
            Nlri.Unicast(Tombolo.Values.Prefix.Parse("10.0.0.0/8")),
            Nlri.Unicast(Tombolo.Values.Prefix.Parse("11.0.0.0/8"))
        );
        world.Announce(1, first, plain);
        world.Announce(2, first, longer);
        world.Announce(1, second, shy);
        world.Rib.MarkStale(1);
        Assert.Equal(1, world.Rib.MakeLongLived(1));
        Assert.Equal(2, world.Rib.Table.Path(world.Rib.Table.First(world.Rib.Table.Find(first.Key))).Source);
        Assert.Equal(-1, world.Rib.Table.Find(second.Key));
        Assert.Equal(1, world.Rib.RemoveAll(1, onlyStale: true));
    }
}
