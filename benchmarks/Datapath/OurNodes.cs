using Tombolo.Agent.Datapath;
using Tombolo.Agent.Interfaces;
using Tombolo.Benchmarks.Measuring;
using Tombolo.Linux;
using Tombolo.Linux.Bpf;
using Tombolo.Values;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>Two nodes as agents make them: their links, their programs, their maps' contents. Pods 5 and 6 on node a, 7 on
/// node b, in one network.</summary>
internal sealed class OurNodes : IDisposable
{
    private const ushort Vrf = 1;
    private readonly Home home;
    private readonly string tag;
    private readonly Node[] nodes;
    private readonly List<Pod> pods = [];

    private sealed record Node(string Netns, Address Underlay, int Link, Tombolo.Agent.Datapath.Datapath Datapath);

    private sealed record Pod(Node Node, string Netns, int Host, int Link, Mac Mac)
    {
        public Address Address => Address.Parse($"10.10.0.{Host}");

        public uint Label => (uint)(100 + Host);
    }

    public OurNodes(Home home, string tag, Encap encap)
    {
        (this.home, this.tag) = (home, tag);
        Underlay = new Underlay(home, tag);
        var bpf = Path.Combine(home.Directory, "bpf");
        Mounts.BpfFs(bpf);
        nodes =
        [
            .. new[] { (Underlay.A, "172.30.0.1"), (Underlay.B, "172.30.0.2") }.Select(
                (end, index) =>
                {
                    using var netlink = Netlink.Open(end.Item1);
                    var link = netlink.Links.Named("underlay").Index;
                    var datapath = Tombolo.Agent.Datapath.Datapath.Open(
                        new DatapathOptions
                        {
                            ObjectPath = Path.GetFullPath(".build/bpf/tombolo.bpf.o"),
                            PinDirectory = Path.Combine(bpf, $"{tag}-{index}"),
                            Underlay4 = Address.Parse(end.Item2),
                        }
                    );
                    Netns.Run(
                        end.Item1,
                        () =>
                        {
                            datapath.AttachUnderlay(link);
                            return VxlanPort.Open(netlink, datapath.Guard);
                        }
                    );
                    return new Node(end.Item1, Address.Parse(end.Item2), link, datapath);
                }
            ),
        ];
        Add(nodes[0], 5);
        Add(nodes[0], 6);
        Add(nodes[1], 7);
        Program(nodes[0], nodes[1], encap);
        Program(nodes[1], nodes[0], encap);
    }

    public Underlay Underlay { get; }

    public Arm Across => new(Find(5).Netns, Find(7).Netns, "10.10.0.7");

    public Arm Within => new(Find(5).Netns, Find(6).Netns, "10.10.0.6");

    /// <summary>Programs of node a and node b by name, for the kernel's own count of their run time.</summary>
    public IEnumerable<(string Name, uint Id)> Programs =>
        nodes.SelectMany(node =>
            new[]
            {
                ("from_pod", node.Datapath.Programs.FromPod.Id),
                ("from_underlay", node.Datapath.Programs.FromUnderlay.Id),
                ("to_pod", node.Datapath.Programs.ToPod.Id),
            }
        );

    public string Drops =>
        string.Join(
            ", ",
            nodes.SelectMany(node => node.Datapath.Drops()).Select(drop => $"{drop.Reason} {drop.Packets}")
        );

    public void Dispose()
    {
        foreach (var node in nodes)
        {
            node.Datapath.Dispose();
        }
    }

    private Pod Find(int host) => pods.Single(pod => pod.Host == host);

    private void Add(Node node, int host)
    {
        var netns = home.NewNetns($"{tag}-pod{host}");
        var mac = new Mac(0x02_00_00_00_01_00 + (ulong)host);
        var shape = new PodLink.Shape(
            "eth0",
            mac,
            Underlay.InnerMtu,
            [(Address.Parse($"10.10.0.{host}"), 24)],
            Address.Parse("10.10.0.1"),
            HasIPv6: false
        );
        using var netlink = Netlink.Open(node.Netns);
        var link = Netns.Run(node.Netns, () => PodLink.Make(netlink, $"pod{host}", netns, shape));
        pods.Add(new Pod(node, netns, host, link, mac));
    }

    private void Program(Node node, Node other, Encap encap)
    {
        node.Datapath.Apply(
            new WantedState
            {
                Vrfs = [new WantedVrf(Vrf, [Prefix.Parse("10.10.0.0/24")])],
                Tunnels = [new WantedTunnel(other.Underlay, node.Underlay, node.Link, Underlay.Mtu)],
                Interfaces =
                [
                    .. pods.Where(pod => pod.Node == node)
                        .Select(pod => new WantedInterface(pod.Link, Vrf, new Label(pod.Label), pod.Mac)
                        {
                            Addresses = [pod.Address],
                            Gateway4 = Address.Parse("10.10.0.1"),
                            Identity = Vrf,
                            Mtu = Underlay.InnerMtu,
                        }),
                ],
                Routes =
                [
                    .. pods.Select(pod => new WantedRoute(
                        Vrf,
                        Prefix.Host(pod.Address),
                        pod.Node == node
                            ? new WantedNextHop.Interface(pod.Link, pod.Mac)
                            : new WantedNextHop.Tunnel(other.Underlay, pod.Label, encap),
                        Vrf
                    )),
                ],
            }
        );
        Netns.Run(
            node.Netns,
            () =>
            {
                foreach (var pod in pods.Where(pod => pod.Node == node))
                {
                    node.Datapath.AttachPod(pod.Link);
                }
            }
        );
    }
}
