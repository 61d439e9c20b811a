using Tombolo.Values;

namespace Tombolo.Linux.Preflight;

/// <summary>The device that tunnels are to leave by, in the calling thread's network namespace.</summary>
public static class UnderlayDevice
{
    // Inner Ethernet 14, VXLAN 8, UDP 8, outer IPv4 20 (RFC 7348 §5); IPv6 asks for 1280 inside (RFC 8200 §5).
    private const int Overhead = 50;
    private const int Least = 1280 + Overhead;

    /// <param name="name">Null: the one of the default route.</param>
    public static IReadOnlyList<Finding> Look(string? name)
    {
        using var netlink = Netlink.Open();
        var device = name is null ? Default(netlink) : netlink.Links.Find(name);
        if (device is not { } found)
        {
            return
            [
                new Finding(
                    "underlay",
                    Level.Fail,
                    name is null ? "no default route says which device it is" : $"no device {name}",
                    "name it: --underlay DEVICE"
                ),
            ];
        }
        return [Address(netlink, found), Mtu(found)];
    }

    private static Link? Default(Netlink netlink)
    {
        var everything = new Prefix(Values.Address.V4(0), 0);
        var routes = netlink.Routes.List().Where(route => route.Prefix == everything && route.Table == Route.Main);
        return routes.OrderBy(route => route.Metric).Select(route => netlink.Links.Find(route.Link)).FirstOrDefault();
    }

    private static Finding Address(Netlink netlink, Link device)
    {
        var own = netlink.Addresses.List(device.Index).Select(one => one.Address).Where(one => one.IsIPv4).ToList();
        return own.Count == 0
                ? new Finding(
                    "underlay",
                    Level.Fail,
                    $"{device.Name} has no IPv4 address",
                    "give it one: tunnels run over IPv4"
                )
            : !device.IsUp || !device.HasCarrier
                ? new Finding(
                    "underlay",
                    Level.Fail,
                    $"{device.Name} is down",
                    $"ip link set {device.Name} up, or look at its cable"
                )
            : new Finding("underlay", Level.Ok, $"{device.Name}, {own[0]}");
    }

    private static Finding Mtu(Link device) =>
        device.Mtu < Least
            ? new Finding(
                "underlay MTU",
                Level.Fail,
                $"{device.Mtu}: pods would get {device.Mtu - Overhead}, and IPv6 needs 1280",
                $"raise it to {Least} at least on every node, better to 9000"
            )
            : new Finding("underlay MTU", Level.Ok, $"{device.Mtu}: pods get {device.Mtu - Overhead}");
}
