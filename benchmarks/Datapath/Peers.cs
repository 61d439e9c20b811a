using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>What we are measured against, each in its best sensible configuration.</summary>
internal static class Peers
{
    /// <summary>The limit: pods routed between hosts by static routes, with no overlay, no rules, no connection tracking.</summary>
    public static Arm Plain(Home home, Underlay underlay, string tag)
    {
        var pods = new[] { (underlay.A, 1, 2), (underlay.B, 2, 1) }
            .Select(host =>
            {
                var (netns, own, other) = host;
                var pod = home.NewNetns($"{tag}-pod{own}");
                Veth(home, netns, "pod", pod);
                Pod(home, pod, $"10.20.{own}.2/24", $"10.20.{own}.1");
                home.Ip(
                    netns,
                    "link set pod up mtu 1450",
                    $"addr add 10.20.{own}.1/24 dev pod",
                    $"route add 10.20.{other}.0/24 via 172.30.0.{other}"
                );
                Forward(netns);
                return pod;
            })
            .ToArray();
        return new Arm(pods[0], pods[1], "10.20.2.2");
    }

    /// <summary>As flannel does it: a bridge a host (cni0), a VXLAN device (flannel.1) that learns nothing, whose far ends and
    /// their addresses are static. Its netfilter rules are left out, which favours it.</summary>
    /// <returns>Pods of two hosts; two pods of the first.</returns>
    public static (Arm Across, Arm Within) Flannel(Home home, Underlay underlay, string tag)
    {
        string MacOf(int host) => $"02:f1:00:00:00:0{host}";
        var pods = new List<string>();
        foreach (var (netns, own, other) in new[] { (underlay.A, 1, 2), (underlay.B, 2, 1) })
        {
            home.Ip(
                netns,
                "link add cni0 mtu 1450 type bridge",
                $"addr add 10.30.{own}.1/24 dev cni0",
                "link set cni0 up",
                $"link add flannel.1 address {MacOf(own)} mtu 1450 type vxlan id 1 dev underlay local 172.30.0.{own} dstport 8472 nolearning",
                $"addr add 10.30.{own}.0/32 dev flannel.1",
                "link set flannel.1 up",
                $"route add 10.30.{other}.0/24 via 10.30.{other}.0 dev flannel.1 onlink",
                $"neigh add 10.30.{other}.0 lladdr {MacOf(other)} dev flannel.1 nud permanent"
            );
            Home.Exec(netns, "bridge", "fdb", "append", MacOf(other), "dev", "flannel.1", "dst", $"172.30.0.{other}");
            Forward(netns);
            foreach (var host in own == 1 ? new[] { 2, 3 } : [2])
            {
                var pod = home.NewNetns($"{tag}-pod{own}{host}");
                Veth(home, netns, $"pod{host}", pod);
                Pod(home, pod, $"10.30.{own}.{host}/24", $"10.30.{own}.1");
                home.Ip(netns, $"link set pod{host} mtu 1450 master cni0 up");
                pods.Add(pod);
            }
        }
        return (new Arm(pods[0], pods[2], "10.30.2.2"), new Arm(pods[0], pods[1], "10.30.1.3"));
    }

    /// <summary>The limit within a host: two pods at the ends of one veth.</summary>
    public static Arm Direct(Home home, string tag)
    {
        var (one, two) = (home.NewNetns($"{tag}-pod1"), home.NewNetns($"{tag}-pod2"));
        home.Ip(one, $"link add eth0 mtu 1450 type veth peer name eth0 mtu 1450 netns {two}");
        Pod(home, one, "10.40.0.1/24", null);
        Pod(home, two, "10.40.0.2/24", null);
        return new Arm(one, two, "10.40.0.2");
    }

    private static void Veth(Home home, string host, string name, string pod) =>
        home.Ip(host, $"link add {name} mtu 1450 type veth peer name eth0 mtu 1450 netns {pod}");

    private static void Pod(Home home, string pod, string address, string? gateway) =>
        home.Ip(
            pod,
            [
                $"addr add {address} dev eth0",
                "link set eth0 mtu 1450 up",
                .. gateway is null ? (string[])[] : [$"route add default via {gateway}"],
            ]
        );

    private static void Forward(string netns) => Linux.Netns.WriteSysctl(netns, "net.ipv4.ip_forward", "1");
}
