using Tombolo.Linux;
using Tombolo.Values;

namespace Tombolo.Lab;

/// <summary>
/// The lab's layer-3 network: a router's namespace, and on it, each in a /24 of its own, <c>control</c> (172.30.0.2) and
/// the nodes (172.30.N.2). Every veth is made from inside the router's namespace: the machine's own sees none of it.
/// </summary>
internal static class Underlay
{
    public const string ControlAddress = "172.30.0.2";
    public const string Device = "eth0";
    private const int Mtu = 1500;

    /// <summary>Makes what is missing; what is there is left alone, with all that runs in it.</summary>
    public static void Ensure(LabPlace place, LabSpec spec)
    {
        EnsureNetns(place.Router);
        Netns.WriteSysctl(place.Router, "net.ipv4.ip_forward", "1");
        EnsureStub(place.Router, place.Control, "control", 0);
        foreach (var node in spec.All)
        {
            EnsureStub(place.Router, place.NodeNetns(node.Name), node.Name, node.Number);
        }
    }

    /// <summary>A namespace with its loopback up. A file that names none, as after a reboot, gives way.</summary>
    public static void EnsureNetns(string path)
    {
        if (File.Exists(path))
        {
            if (Processes.ProcessTable.NamespaceAt(path) is not null)
            {
                return;
            }
            Netns.Delete(path);
        }
        Netns.Create(path);
        using var netlink = Netlink.Open(path);
        netlink.Links.SetLoopbackUp();
    }

    private static void EnsureStub(string router, string netns, string name, int number)
    {
        EnsureNetns(netns);
        using var outside = Netlink.Open(router);
        using var inside = Netlink.Open(netns);
        if (inside.Links.Find(Device) is not null && outside.Links.Find(name) is not null)
        {
            return;
        }
        if (outside.Links.Find(name) is { } half)
        {
            outside.Links.Delete(half.Index);
        }
        using var target = Netns.Open(netns);
        outside.Links.AddVeth(new VethEnd(name, Mtu: Mtu), new VethEnd(Device, Mtu: Mtu, Namespace: target));
        var gateway = Address.Parse($"172.30.{number}.1");
        outside.Addresses.Add(outside.Links.Named(name).Index, gateway, 24);
        var eth0 = inside.Links.Named(Device).Index;
        inside.Links.SetUp(eth0);
        inside.Addresses.Add(eth0, Address.Parse($"172.30.{number}.2"), 24);
        inside.Routes.Replace(new Route(new Prefix(Address.V4(0), 0), eth0, gateway));
    }
}
