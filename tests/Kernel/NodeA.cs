using Tombolo.Agent.Datapath;
using Tombolo.Linux;
using Tombolo.Linux.Bpf;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>
/// A node with the real programs and a state that has something of everything, for tables of packets. Its two networks
/// red (VRF 1) and blue (VRF 2) hold the same addresses.
/// </summary>
public sealed class NodeA : IDisposable
{
    public const ushort Red = 1;
    public const ushort Blue = 2;
    public static readonly Address Local = Address.Parse("172.30.1.2");
    public static readonly Address NodeB = Address.Parse("172.30.2.2");
    public static readonly Address NodeC = Address.Parse("172.30.3.2");
    public static readonly Address NarrowNode = Address.Parse("172.30.4.2");
    public static readonly Address Gateway = Address.Parse("172.30.9.9");
    public static readonly Address UnderlayV6 = Address.Parse("fd00:30::2");

    private readonly string home;
    private readonly string netns;

    public NodeA()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: it loads BPF programs");
        var programs = BpfBuild.Object;
        home = TestHome.Make();
        netns = Path.Combine(home, "netns");
        Netns.Create(netns);
        Mounts.BpfFs(Path.Combine(home, "bpf"));
        using (var netlink = Netlink.Open(netns))
        {
            RedPod = AddPod(netlink, "red", 0x02_00_00_00_01_05);
            RedOther = AddPod(netlink, "redother", 0x02_00_00_00_01_06);
            BluePod = AddPod(netlink, "blue", 0x02_00_00_00_02_05);
            Underlay = AddPod(netlink, "underlay", 0x02_00_00_00_00_01);
        }
        Datapath = Datapath.Open(
            new DatapathOptions
            {
                ObjectPath = programs,
                PinDirectory = Path.Combine(home, "bpf", "a"),
                Underlay4 = Local,
            }
        );
        Wanted = State();
        Datapath.Apply(Wanted);
    }

    public sealed record Device(int IfIndex, Mac Mac);

    public Device RedPod { get; }
    public Device RedOther { get; }
    public Device BluePod { get; }
    public Device Underlay { get; }
    public Datapath Datapath { get; }

    /// <summary>What the maps were made from.</summary>
    public WantedState Wanted { get; }

    /// <summary>Many runs in one go, on a thread that is in the node's namespace: see <see cref="Context"/>.</summary>
    public T Inside<T>(Func<T> body) => Netns.Run(netns, body);

    public static SkBuff Context(int ifIndex, uint gsoSize = 0, uint mark = 0) =>
        new()
        {
            IfIndex = (uint)ifIndex,
            IngressIfIndex = (uint)ifIndex,
            GsoSize = gsoSize,
            GsoSegments = gsoSize == 0 ? 0u : 2,
            Mark = mark,
        };

    /// <summary>Runs one of the programs on a frame that came in at a device.</summary>
    public TestRun Run(
        BpfProgram program,
        int ifIndex,
        byte[] frame,
        uint gsoSize = 0,
        uint mark = 0,
        int repeat = 1
    ) => Inside(() => program.Test(frame, Context(ifIndex, gsoSize, mark), repeat));

    /// <summary>Makes the node another one on the underlay.</summary>
    public void SetLocal(Address address) =>
        Datapath.Maps.Settings.Set(0, new Settings { Local4 = AddressOctets.From(address).First });

    /// <summary>Packets and octets counted for a reason, direction and VRF.</summary>
    public (ulong Packets, ulong Bytes) Counted(DropReason reason, Direction direction, uint vrf) =>
        Datapath.Maps.Drops.TryGet(new DropKey(reason, direction, 0, vrf), out var counts)
            ? (
                counts.Aggregate(0ul, (sum, count) => sum + count.Packets),
                counts.Aggregate(0ul, (sum, count) => sum + count.Bytes)
            )
            : default;

    public void Dispose()
    {
        Datapath.Dispose();
        TestHome.Remove(home);
    }

    private static Device AddPod(Netlink netlink, string name, ulong mac)
    {
        netlink.Links.AddVeth(new VethEnd(name), new VethEnd(name + "p"));
        return new Device(netlink.Links.Named(name).Index, new Mac(mac));
    }

    private WantedState State()
    {
        var routes = new List<WantedRoute>();
        void Route(ushort vrf, string prefix, WantedNextHop to, bool notUp = false, bool own = true) =>
            routes.Add(new WantedRoute(vrf, Prefix.Parse(prefix), to, vrf, notUp, own));

        foreach (var (four, six) in new[] { ("10.10.0.{0}/32", "fd10::{0}/128") })
        {
            foreach (var format in new[] { four, six })
            {
                string At(int host) => string.Format(format, host);
                Route(Red, At(5), To(RedPod));
                Route(Red, At(6), To(RedOther));
                Route(Red, At(7), new WantedNextHop.Tunnel(NodeB, 207));
                Route(Red, At(8), new WantedNextHop.Tunnel(NodeB, 208), notUp: true);
                Route(Red, At(9), new WantedNextHop.Drop(DropReason.StaticDrop));
                Route(Red, At(11), new WantedNextHop.Tunnel(NarrowNode, 411));
                Route(Red, At(12), new WantedNextHop.Tunnel(Address.Parse("172.30.77.77"), 1));
                Route(Red, At(13), new WantedNextHop.Tunnel(Gateway, 5001));
                Route(Red, At(14), new WantedNextHop.Tunnel(NodeB, 214, Encap.MplsUdp));
                Route(Red, At(15), new WantedNextHop.Tunnel(NarrowNode, 415, Encap.MplsUdp));
                Route(Blue, At(5), To(BluePod));
                Route(Blue, At(7), new WantedNextHop.Tunnel(NodeC, 307));
            }
        }
        foreach (var (prefix, to) in Kinds())
        {
            Route(Red, $"10.{prefix}.0.0/16", to, own: false);
            Route(Red, $"fd{prefix}::/32", to, own: false);
        }
        return new WantedState
        {
            Vrfs =
            [
                new WantedVrf(Red, [Prefix.Parse("10.10.0.0/24"), Prefix.Parse("fd10::/64")]),
                new WantedVrf(Blue, [Prefix.Parse("10.10.0.0/24"), Prefix.Parse("fd10::/64")]),
            ],
            Interfaces =
            [
                Pod(RedPod, Red, 100, 5) with
                {
                    Allowed = [Prefix.Parse("192.168.7.0/24"), Prefix.Parse("fd77::/64")],
                },
                Pod(RedOther, Red, 101, 6),
                Pod(BluePod, Blue, 102, 5),
            ],
            Routes = routes,
            Tunnels =
            [
                Tunnel(NodeB, 1500),
                Tunnel(NodeC, 1500),
                Tunnel(NarrowNode, 1400),
                Tunnel(Gateway, 1500) with
                {
                    PeerGroup = (LabelSpace)2,
                },
                new WantedTunnel(UnderlayV6, UnderlayV6, Underlay.IfIndex, 1500),
            ],
            Labels =
            [
                new WantedLabel((LabelSpace)2, 5000, LabelKind.Vrf, Red),
                new WantedLabel(LabelSpace.Nodes, 900, LabelKind.ReturnToSender, Red),
            ],
        };
    }

    private IEnumerable<(int Prefix, WantedNextHop To)> Kinds() =>
        [
            (20, new WantedNextHop.Service(9)),
            (21, new WantedNextHop.Host()),
            (22, new WantedNextHop.Outside()),
            (23, new WantedNextHop.Tunnel(NodeB, 209)),
            (24, new WantedNextHop.Drop(DropReason.NoWayBack)),
            (25, new WantedNextHop.Tunnel(NodeB, 210, Encap.None)),
            (28, new WantedNextHop.Tunnel(NodeB, 216, Encap.MplsUdp)),
            (29, To(RedOther)),
            (26, new WantedNextHop.Drop(DropReason.SystemReplyOnly)),
            (27, new WantedNextHop.Tunnel(UnderlayV6, 211)),
        ];

    private static WantedNextHop.Interface To(Device device) => new(device.IfIndex, device.Mac);

    private WantedTunnel Tunnel(Address remote, ushort mtu) => new(remote, Local, Underlay.IfIndex, mtu);

    private static WantedInterface Pod(Device device, ushort vrf, uint label, int host) =>
        new(device.IfIndex, vrf, new Label(label), device.Mac)
        {
            Addresses = [Address.Parse($"10.10.0.{host}"), Address.Parse($"fd10::{host}")],
            Gateway4 = Address.Parse("10.10.0.1"),
            Gateway6 = Address.Parse("fd10::1"),
            Mtu = 1450,
            Identity = vrf,
        };
}
