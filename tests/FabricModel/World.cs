using CsCheck;
using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric;
using Tombolo.Values;
using Model = Tombolo.Fabric.Fabric;

namespace Tombolo.Tests.FabricModel;

/// <summary>
/// A random world: few names, so that events meet. Each event replaces one input; <see cref="Feed"/> tells a model the last
/// state of all of them in an order of its own.
/// </summary>
internal sealed class World
{
    private static readonly string[] Networks = ["red/net", "blue/net", "blue/other"];
    private static readonly string[] Pods = ["red/a", "red/b", "blue/a", "blue/b", "blue/c"];
    private static readonly string[] Addresses = ["10.10.0.10", "10.20.0.10"];
    public static readonly string[] Nodes = ["node-1", "node-2", "node-3"];

    /// <summary>What is to be put (or, with null, removed) under a key.</summary>
    public readonly record struct Event(string Key, object? Value);

    private readonly Dictionary<string, object?> last = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, object?> Last => last;

    public static readonly Gen<Event> AnyEvent = Gen.Frequency(
        (2, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Bool, Network)),
        (2, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Subnet)),
        (5, Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 7], Interface)),
        (5, Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 7], Pod)),
        (3, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4], Node)),
        (12, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[0, 3], Gen.Bool, Report))
    );

    public void Apply(Event happened, Model model)
    {
        last[happened.Key] = happened.Value;
        Tell(model, happened.Key, happened.Value);
    }

    public void Feed(Model model, int seed)
    {
        var random = new Random(seed);
        var keys = last.Keys.Order(StringComparer.Ordinal).ToArray();
        random.Shuffle(keys);
        foreach (var key in keys)
        {
            Tell(model, key, last[key]);
        }
    }

    private static Event Network(int which, int index, bool both) =>
        new(
            $"network {Networks[which]}",
            index == 0 ? null : Cluster.Network(Networks[which], which + 1, both ? ["v4", "wide"] : ["v4"])
        );

    private static Event Subnet(int which, int form) =>
        new(
            which == 2 ? "subnet blue/wide" : $"subnet {(which == 0 ? "red" : "blue")}/v4",
            form == 0 ? null
                : which == 2 ? Cluster.Subnet("blue/wide", "10.20.0.0/16")
                : Cluster.Subnet(
                    $"{(which == 0 ? "red" : "blue")}/v4",
                    form == 1 ? "10.10.0.0/16"
                        : form == 2 ? "10.10.0.0/24"
                        : "nonsense"
                )
        );

    private static Event Interface(int pod, int network, int address, int form) =>
        new(
            $"interface {Pods[pod]}",
            form == 0
                ? null
                : Deleted(Cluster.Interface(Pods[pod], Networks[network], Addresses[address]), form == 1, network)
        );

    private static NetworkInterface Deleted(NetworkInterface made, bool deleted, int network)
    {
        made.Metadata.DeletionTimestamp = deleted ? DateTime.UnixEpoch : null;
        made.Metadata.Uid += $" {network}"; // the network of an interface never changes: another one is another object
        return made;
    }

    private static Event Pod(int pod, int node, int form) =>
        new(
            $"pod {Pods[pod]}",
            form == 0
                ? null
                : new PodFacts(form == 1 ? "another" : $"pod {Pods[pod]}", node == 3 ? null : Nodes[node], form == 2)
        );

    private static Event Node(int node, int form) =>
        new($"node {Nodes[node]}", form == 0 ? null : Cluster.Facts($"172.30.{node + 1}.2", alive: form != 1));

    private static Event Report(int node, int pod, int label, bool up) =>
        new(
            $"report {Nodes[node]} uid {Pods[pod]}-eth0 {label % 3}",
            label == 3 ? null : new InterfaceReported(new Label((uint)(16 + label)), up)
        );

    private static void Tell(Model model, string key, object? value)
    {
        var words = key.Split(' ', 3);
        switch (words[0], value)
        {
            case ("network", VirtualNetwork network):
                model.Put(network);
                break;
            case ("network", _):
                model.RemoveNetwork(ObjectName.Parse(words[1]));
                break;
            case ("subnet", Subnet subnet):
                model.Put(subnet);
                break;
            case ("subnet", _):
                model.RemoveSubnet(ObjectName.Parse(words[1]));
                break;
            case ("interface", NetworkInterface made):
                model.Put(made);
                break;
            case ("interface", _):
                model.RemoveInterface(ObjectName.Parse(words[1] + "-eth0"));
                break;
            case ("pod", PodFacts facts):
                model.Put(ObjectName.Parse(words[1]), facts);
                break;
            case ("pod", _):
                model.RemovePod(ObjectName.Parse(words[1]));
                break;
            case ("node", NodeFacts facts):
                model.Put(Cluster.Node(words[1]), facts);
                break;
            case ("node", _):
                model.RemoveNode(Cluster.Node(words[1]));
                break;
            case ("report", InterfaceReported report):
                model.Report(Cluster.Node(words[1]), words[2], report);
                break;
            case ("report", _):
                model.Report(Cluster.Node(words[1]), words[2], null);
                break;
        }
    }
}
