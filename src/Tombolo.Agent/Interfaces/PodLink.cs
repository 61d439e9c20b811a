using System.Security.Cryptography;
using System.Text;
using Tombolo.Linux;
using Tombolo.Values;

namespace Tombolo.Agent.Interfaces;

/// <summary>The veth between a pod and its node: host side <c>tb</c> and twelve hex, pod side as the runtime names it.</summary>
internal static class PodLink
{
    /// <summary>What the pod's side is to be.</summary>
    /// <param name="Addresses">With the prefix length of their subnet.</param>
    /// <param name="Gateway4">Null without IPv4.</param>
    internal sealed record Shape(
        string Name,
        Mac Mac,
        int Mtu,
        IReadOnlyList<(Address Address, int Length)> Addresses,
        Address? Gateway4,
        bool HasIPv6
    );

    /// <summary>The gateway of every network for IPv6; its MAC answers for it.</summary>
    public static readonly Address Gateway6 = Address.Parse("fe80::1");

    public static string NameOf(string containerId, string name) =>
        "tb" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{containerId}/{name}")))[..12];

    /// <summary>Can a link of that name only be a pod's?</summary>
    public static bool IsName(string link) =>
        link.Length == 14
        && link.StartsWith("tb", StringComparison.Ordinal)
        && link.Skip(2).All(char.IsAsciiHexDigitLower);

    /// <summary>Makes the pair, its pod side inside <paramref name="netns"/> with addresses and routes. The host side is
    /// up, the pod side too: nothing passes before the programs are attached, since the host routes nothing there.</summary>
    /// <returns>Index of the host's side.</returns>
    /// <exception cref="LinuxException">The kernel refused; nothing is left.</exception>
    public static int Make(Netlink host, string hostName, string netns, Shape shape)
    {
        using var inside = Netns.Open(netns);
        if (host.Links.Find(hostName) is { } stale)
        {
            host.Links.Delete(stale.Index); // of an ADD that was cut off
        }
        host.Links.AddVeth(
            new VethEnd(hostName, Mac.Gateway, shape.Mtu),
            new VethEnd(shape.Name, shape.Mac, shape.Mtu, inside),
            up: false
        );
        var made = host.Links.Named(hostName);
        try
        {
            Shaped(netns, shape);
            // The host's own stack is no neighbour of the pod: no address, no router advertisements from it.
            Netns.WriteSysctl(null, $"net.ipv6.conf.{hostName}.disable_ipv6", "1");
            host.Links.SetUp(made.Index);
            return made.Index;
        }
        catch (LinuxException)
        {
            host.Links.Delete(made.Index);
            throw;
        }
    }

    private static void Shaped(string netns, Shape shape)
    {
        using var pod = Netlink.Open(netns);
        var link = pod.Links.Named(shape.Name).Index;
        using (var ethtool = Ethtool.Open(netns))
        {
            // UDP super-datagrams do not survive decapsulation at the receiver: they are cut before they reach us.
            ethtool.SetFeature(link, "tx-udp-segmentation", false);
        }
        pod.Links.SetLoopbackUp();
        if (shape.HasIPv6)
        {
            // Its default route is the one below: what the gateway advertises to those who ask must not be a second one.
            Netns.WriteSysctl(netns, $"net.ipv6.conf.{shape.Name}.accept_ra", "0");
        }
        foreach (var (address, length) in shape.Addresses)
        {
            pod.Addresses.Add(link, address, length);
        }
        pod.Links.SetUp(link);
        foreach (var route in RoutesOf(shape, link))
        {
            pod.Routes.Replace(route);
        }
    }

    /// <summary>The routes of the pod's side, whose index in its namespace is <paramref name="link"/>.</summary>
    public static IEnumerable<Route> RoutesOf(Shape shape, int link)
    {
        if (shape.Gateway4 is { } gateway)
        {
            yield return new Route(new Prefix(Address.V4(0), 0), link, gateway, OnLink: true);
        }
        if (shape.HasIPv6)
        {
            yield return new Route(new Prefix(Address.V6(0), 0), link, Gateway6, OnLink: true);
        }
    }
}
