using Tombolo.Benchmarks.Measuring;
using Tombolo.Linux;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>Two hosts on one veth: 172.30.0.1 and 172.30.0.2, device <c>underlay</c>.</summary>
internal sealed class Underlay
{
    public const ushort Mtu = 1500;

    /// <summary>Of every pod, whatever carries it: 1500 less VXLAN's 50, so that arms differ in the datapath alone.</summary>
    public const ushort InnerMtu = 1450;

    public Underlay(Home home, string tag)
    {
        (A, B) = (home.NewNetns($"{tag}-a"), home.NewNetns($"{tag}-b"));
        using var near = Netlink.Open(A);
        using (var target = Netns.Open(B))
        {
            near.Links.AddVeth(new VethEnd("underlay"), new VethEnd("underlay", Namespace: target));
        }
        home.Ip(A, "addr add 172.30.0.1/24 dev underlay", "link set underlay up");
        home.Ip(B, "addr add 172.30.0.2/24 dev underlay", "link set underlay up");
    }

    public string A { get; }

    public string B { get; }

    /// <summary>As an NIC without offloads for tunnels that nothing aggregates for: packets of the wire's size leave either
    /// host, whatever carries them, and the kernel aggregates what it can on receive.</summary>
    public void Segment()
    {
        foreach (var host in new[] { A, B })
        {
            Home.Exec(
                host,
                "ethtool",
                "-K",
                "underlay",
                "tx-udp_tnl-segmentation",
                "off",
                "tx-udp_tnl-csum-segmentation",
                "off",
                "tso",
                "off",
                "tx-udp-segmentation",
                "off",
                "gro",
                "on"
            );
        }
    }

    /// <summary>What the underlay's device does by itself, in one line.</summary>
    public string Offloads =>
        string.Join(
            ", ",
            Home.Exec(A, "ethtool", "-k", "underlay")
                .Split('\n')
                .Select(line => line.Trim())
                .Where(line =>
                    line.StartsWith("tcp-segmentation-offload", StringComparison.Ordinal)
                    || line.StartsWith("generic-", StringComparison.Ordinal)
                    || line.StartsWith("tx-udp_tnl", StringComparison.Ordinal)
                )
        );
}
