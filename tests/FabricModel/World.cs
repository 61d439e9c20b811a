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
    private static readonly string[] Routers = ["red/r", "blue/r", "blue/s"];
    public static readonly string[] Nodes = ["node-1", "node-2", "node-3"];

    /// <summary>What is to be put (or, with null, removed) under a key.</summary>
    public readonly record struct Event(string Key, object? Value);

    private readonly Dictionary<string, object?> last = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, object?> Last => last;

    public static readonly Gen<Event> AnyEvent = Gen.Frequency(
        (3, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 7], Network)),
        (4, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[0, 7], Gen.Int[0, 7], Router)),
        (1, Gen.Select(Gen.Int[0, 2], Gen.Int[0, 0], Grant)),
        (1, Gen.Select(Gen.Int[0, 1], Gen.Int[0, 2], Space)),
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

    private static Event Network(int which, int index, bool both, int further)
    {
        var made = Cluster.Network(Networks[which], which + 1, both ? ["v4", "wide"] : ["v4"]);
        made.Metadata.Labels = new Dictionary<string, string> { ["tier"] = index == 1 ? "web" : "data" };
        var target = new RouteTargets { Import = ["64512:1"], Export = further > 5 ? ["64512:1"] : null };
        return new(
            $"network {Networks[which]}",
            index == 0
                ? null
                : made with
                {
                    Spec = made.Spec with
                    {
                        Routes = further switch
                        {
                            1 =>
                            [
                                new StaticRoute
                                {
                                    Prefix = "10.30.0.0/16",
                                    Via = new NextHop { Pod = "a" },
                                },
                            ],
                            2 =>
                            [
                                new StaticRoute { Prefix = "10.30.0.0/16", Drop = true },
                                new StaticRoute
                                {
                                    Prefix = "0.0.0.0/0",
                                    Via = new NextHop { Address = "10.20.0.10" },
                                },
                            ],
                            3 =>
                            [
                                new StaticRoute
                                {
                                    Prefix = "10.10.0.0/24",
                                    Via = new NextHop { Address = "10.40.0.9" },
                                },
                            ],
                            _ => null,
                        },
                        IntraNetwork = further == 4 ? IntraNetwork.Deny : null,
                        RouteTargets = further >= 5 ? target : null,
                    },
                }
        );
    }

    private static Event Router(int which, int form, int joined, int peers)
    {
        var full = ObjectName.Parse(Routers[which]);
        return new(
            $"router {Routers[which]}",
            form == 0
                ? null
                : new VirtualNetworkRouter
                {
                    Metadata = new V1ObjectMeta
                    {
                        Name = full.Name,
                        NamespaceProperty = full.Namespace,
                        Uid = $"uid {full}",
                    },
                    Spec = new VirtualNetworkRouterSpec
                    {
                        Type =
                            form == 1 ? RouterType.Hub
                            : form == 2 ? RouterType.Spoke
                            : RouterType.Mesh,
                        Selector = new V1LabelSelector
                        {
                            MatchLabels = form == 4 ? new Dictionary<string, string> { ["tier"] = "web" } : null,
                        },
                        Import =
                        [
                            .. Routers
                                .Where((_, i) => (peers & (1 << i)) != 0)
                                .Select((name, i) => Import(name, joined, i)),
                        ],
                    },
                    Status = new VirtualNetworkRouterStatus
                    {
                        Joined =
                        [
                            .. Networks.Where((_, i) => (joined & (1 << i)) != 0).Select(name => name.Split('/')[1]),
                        ],
                        Peers = [.. Routers.Where((_, i) => (peers & (1 << i)) != 0)],
                    },
                }
        );
    }

    private static RouterImport Import(string name, int joined, int index) =>
        joined > 4 && index == 0
            ? new RouterImport
            {
                Selector = new V1LabelSelector(),
                NamespaceSelector = new V1LabelSelector
                {
                    MatchLabels = new Dictionary<string, string> { ["team"] = "x" },
                },
            }
            : new RouterImport { Name = name.Split('/')[1], Namespace = name.Split('/')[0] };

    private static Event Grant(int form, int _) =>
        new(
            "grant all",
            form == 0
                ? null
                : new RouteTargetGrant
                {
                    Metadata = new V1ObjectMeta { Name = "all" },
                    Spec = new RouteTargetGrantSpec
                    {
                        Namespaces = new V1LabelSelector
                        {
                            MatchLabels = form == 1 ? new Dictionary<string, string> { ["team"] = "x" } : null,
                        },
                        RouteTargets = ["64512:1-9"],
                    },
                }
        );

    private static Event Space(int which, int form) =>
        new(
            $"space {(which == 0 ? "red" : "blue")}",
            form == 0 ? null : new Dictionary<string, string> { ["team"] = form == 1 ? "x" : "y" }
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
                : Deleted(
                    Allowed(Cluster.Interface(Pods[pod], Networks[network], Addresses[address]), form),
                    form == 1,
                    network
                )
        );

    private static NetworkInterface Allowed(NetworkInterface made, int form) =>
        form switch
        {
            2 => made with { Spec = made.Spec with { Allowed = ["10.40.0.0/24", "10.20.0.10/32"] } },
            3 => made with { Spec = made.Spec with { Allowed = ["10.10.0.0/24"] } },
            _ => made,
        };

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
            case ("router", VirtualNetworkRouter router):
                model.Put(router);
                break;
            case ("router", _):
                model.RemoveRouter(ObjectName.Parse(words[1]));
                break;
            case ("grant", RouteTargetGrant grant):
                model.Put(grant);
                break;
            case ("grant", _):
                model.RemoveGrant(words[1]);
                break;
            case ("space", Dictionary<string, string> labels):
                model.PutNamespace(words[1], labels);
                break;
            case ("space", _):
                model.RemoveNamespace(words[1]);
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
