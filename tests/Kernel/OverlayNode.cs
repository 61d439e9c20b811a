using Tombolo.Agent.Datapath;
using Tombolo.Agent.Interfaces;
using Tombolo.Linux;
using Tombolo.Linux.Bpf;
using Tombolo.Values;

namespace Tombolo.Tests.Kernel;

/// <summary>A node for live traffic: a namespace with an underlay device and pods behind real veths, programs attached.</summary>
internal sealed class OverlayNode : IDisposable
{
    private readonly string pins;

    public OverlayNode(string home, string name, string netns, Address underlay, int underlayIndex)
    {
        Name = name;
        NetnsPath = netns;
        Underlay = underlay;
        UnderlayIndex = underlayIndex;
        pins = Path.Combine(home, "bpf", name);
        Datapath = Open();
        Netns.Run(netns, () => Datapath.AttachUnderlay(underlayIndex));
    }

    public string Name { get; }
    public string NetnsPath { get; }
    public Address Underlay { get; }
    public int UnderlayIndex { get; }
    public Datapath Datapath { get; private set; }
    public WantedState Wanted { get; private set; } = WantedState.Empty;

    /// <summary>Another agent takes the node over, as after a restart.</summary>
    /// <returns>Entries it had to change.</returns>
    public int Restart(IEnumerable<int> pods)
    {
        var next = Open();
        var changes = next.Apply(Wanted);
        Netns.Run(
            NetnsPath,
            () =>
            {
                next.AttachUnderlay(UnderlayIndex);
                foreach (var pod in pods)
                {
                    next.AttachPod(pod);
                }
            }
        );
        Datapath.Dispose();
        Datapath = next;
        return changes;
    }

    /// <summary>Makes a pod's link as an agent does.</summary>
    /// <returns>The index of its host side.</returns>
    public int AddLink(string pod, string name, Mac mac, IEnumerable<Address> addresses)
    {
        var shape = new PodLink.Shape(
            "eth0",
            mac,
            1450,
            [.. addresses.Select(address => (address, address.IsIPv4 ? 24 : 64))],
            Address.Parse("10.10.0.1"),
            HasIPv6: true
        );
        using var host = Netlink.Open(NetnsPath);
        return Netns.Run(NetnsPath, () => PodLink.Make(host, name, pod, shape));
    }

    public void Apply(WantedState wanted, IEnumerable<int> pods)
    {
        Wanted = wanted;
        Datapath.Apply(wanted);
        Netns.Run(
            NetnsPath,
            () =>
            {
                foreach (var pod in pods)
                {
                    Datapath.AttachPod(pod);
                }
            }
        );
    }

    public ulong Dropped(DropReason reason) =>
        Datapath.Drops().Where(drop => drop.Reason == reason.Name()).Aggregate(0ul, (sum, drop) => sum + drop.Packets);

    /// <summary>Octets and packets that the underlay's device received.</summary>
    public (long Octets, long Packets) Received() =>
        Netns.Run(
            NetnsPath,
            () =>
            {
                var line = File.ReadLines("/proc/thread-self/net/dev")
                    .Single(text => text.TrimStart().StartsWith("underlay:", StringComparison.Ordinal));
                var numbers = line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return (long.Parse(numbers[0]), long.Parse(numbers[1]));
            }
        );

    public void Dispose()
    {
        Datapath.Dispose();
        Agent.Datapath.Datapath.Destroy(pins);
    }

    private Datapath Open() =>
        Datapath.Open(
            new DatapathOptions
            {
                ObjectPath = BpfBuild.Object,
                PinDirectory = pins,
                Underlay4 = Underlay,
            }
        );
}
