using Tombolo.Linux;
using Tombolo.Linux.Preflight;
using Tombolo.Values;

namespace Tombolo.Agent.Interfaces;

/// <summary>
/// The kernel's own VXLAN device, for one thing only: while it is up its port is open, and what arrives there is aggregated
/// before our program sees it. On an underlay that cuts super-packets to the wire's size, a stream costs a third less.
/// </summary>
/// <remarks>
/// Nothing is received by it: from_underlay takes every packet of the port before. Should one pass, a program that drops
/// all is there first. Its MAC is one that no node sends: the device silently drops frames from its own.
/// </remarks>
internal static class VxlanPort
{
    public const string Name = TunnelPorts.OwnDevice;
    private const ushort Port = 4789; // RFC 7348
    private static readonly Mac Own = new(0x02_00_5e_00_00_fe);

    /// <summary>Opens the port, or finds it open. In the namespace of the underlay.</summary>
    /// <param name="guard">Puts the program that drops all on the device, by its index.</param>
    /// <returns>Why not, in words: packets are forwarded all the same, each by itself; null if it is open.</returns>
    public static string? Open(Netlink host, Action<int> guard)
    {
        try
        {
            if (host.Links.Find(Name) is null)
            {
                host.Links.AddVxlan(Name, Own, Port);
            }
            var device = host.Links.Named(Name);
            guard(device.Index);
            // No address of the host's, no neighbour discovery.
            Netns.WriteSysctl(null, $"net.ipv6.conf.{Name}.disable_ipv6", "1");
            host.Links.SetUp(device.Index);
            return null;
        }
        catch (LinuxException broken)
        {
            // Another VXLAN device may have the port: its packets of that port are ours by configuration, `tombolo check` says so.
            return $"VXLAN is received without aggregation: {broken.Message}";
        }
    }
}
