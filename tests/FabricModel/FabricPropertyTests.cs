using CsCheck;
using Tombolo.Fabric;
using Model = Tombolo.Fabric.Fabric;

namespace Tombolo.Tests.FabricModel;

public class FabricPropertyTests
{
    [Fact]
    public void Any_order_of_events_gives_the_same_state_as_a_rebuild_and_as_brute_force() =>
        Gen.Select(World.AnyEvent.Array[0, 160], Gen.Int[1, 7], Gen.Int)
            .Sample((events, flushEach, seed) => Check(events, flushEach, seed), iter: 2000);

    private static void Check(World.Event[] events, int flushEach, int seed)
    {
        var world = new World();
        var model = new Model();
        var told = World.Nodes.ToDictionary(node => node, _ => new Dictionary<EntryKey, Entry>());
        for (var i = 0; i < events.Length; i++)
        {
            world.Apply(events[i], model);
            if (i % flushEach == 0)
            {
                Hear(told, model);
            }
        }
        Hear(told, model);
        var rebuilt = new Model();
        world.Feed(rebuilt, seed);
        rebuilt.Flush();
        foreach (var node in World.Nodes)
        {
            var snapshot = model.Snapshot(Cluster.Node(node));
            Assert.Equal(rebuilt.Snapshot(Cluster.Node(node)), snapshot);
            Assert.Equal(BruteForce.Of(world, node), BruteForce.Words(snapshot));
            if (told[node].Count > 0) // one that was never told anything is not there yet
            {
                Assert.Equal(snapshot, told[node].Values.OrderBy(entry => entry.Key));
            }
        }
    }

    private static void Hear(Dictionary<string, Dictionary<EntryKey, Entry>> told, Model model)
    {
        foreach (var (node, delta) in model.Flush())
        {
            foreach (var key in delta.Remove)
            {
                told[node.Name].Remove(key);
            }
            foreach (var entry in delta.Put)
            {
                told[node.Name][entry.Key] = entry;
            }
        }
    }
}
