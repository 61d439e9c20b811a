using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>What a node's maps hold, in words; read from the kernel, not from memory.</summary>
public sealed record DatapathDump(
    IReadOnlyList<DumpedInterface> Interfaces,
    IReadOnlyList<DumpedRoute> Routes,
    IReadOnlyList<DumpedTunnel> Tunnels,
    IReadOnlyList<DumpedLabel> Labels,
    IReadOnlyList<DumpedDrop> Drops
)
{
    internal static DatapathDump Read(DatapathMaps maps)
    {
        var nextHops = maps.NextHops.Entries().ToDictionary();
        var tunnels = maps.Tunnels.Entries().Where(tunnel => tunnel.Value.IfIndex != 0).ToDictionary();
        var identities = maps.Identities.Entries().ToDictionary();
        var own = maps
            .Spoof.Entries()
            .ToLookup(entry => entry.Key.Vrf, entry => (entry.Value.Kind, Prefix: entry.Key.ToPrefix()));

        string Identity(uint number) =>
            number != 0 && identities.TryGetValue(number, out var identity)
                ? Convert.ToHexStringLower(identity.Hash.ToArray())
                : "";
        DumpedRoute Route(uint vrf, Prefix prefix, RouteEntry entry)
        {
            var to = nextHops.GetValueOrDefault(entry.NextHop);
            return new DumpedRoute(
                vrf,
                prefix.ToString(),
                Words(to, tunnels),
                to.Flags.HasFlag(NextHopFlags.NotUp),
                to.Flags.HasFlag(NextHopFlags.Own),
                Identity(entry.Identity)
            );
        }
        string[] Prefixes(uint ifIndex, SpoofKind kind) =>
            [.. own[ifIndex].Where(entry => entry.Kind == kind).Select(entry => entry.Prefix).Order().Select(Text)];

        return new DatapathDump(
            [
                .. maps
                    .Interfaces.Entries()
                    .OrderBy(entry => entry.Key)
                    .Select(entry => new DumpedInterface(
                        entry.Key,
                        entry.Value.Vrf,
                        entry.Value.Label,
                        entry.Value.Mac.ToMac().ToString(),
                        Prefixes(entry.Key, SpoofKind.Address),
                        Prefixes(entry.Key, SpoofKind.Allowed),
                        Text(entry.Value.Gateway4),
                        Text(entry.Value.Gateway6),
                        entry.Value.Mtu,
                        Identity(entry.Value.Identity)
                    )),
            ],
            [
                .. maps
                    .Hosts.Entries()
                    .Select(entry => (entry.Key.Vrf, Prefix: Prefix.Host(entry.Key.ToAddress()), entry.Value))
                    .Concat(
                        maps.Prefixes.Entries()
                            .Select(entry => (entry.Key.Vrf, Prefix: entry.Key.ToPrefix(), entry.Value))
                    )
                    .OrderBy(entry => entry.Vrf)
                    .ThenBy(entry => entry.Prefix)
                    .Select(entry => Route(entry.Vrf, entry.Prefix, entry.Value)),
            ],
            [
                .. tunnels.Values.Select(tunnel => new DumpedTunnel(
                    tunnel.Remote.ToAddress(tunnel.Family).ToString(),
                    tunnel.Local.ToAddress(tunnel.Family).ToString(),
                    tunnel.IfIndex,
                    tunnel.Mtu,
                    tunnel.PeerGroup
                )),
            ],
            [
                .. maps
                    .Labels.Entries()
                    .OrderBy(entry => entry.Key.Space)
                    .ThenBy(entry => entry.Key.Value)
                    .Select(entry => new DumpedLabel(
                        (uint)entry.Key.Space,
                        entry.Key.Value,
                        entry.Value.Kind.ToString(),
                        entry.Value.IfIndex,
                        entry.Value.Vrf
                    )),
            ],
            ReadDrops(maps)
        );
    }

    internal static IReadOnlyList<DumpedDrop> ReadDrops(DatapathMaps maps) =>
        [
            .. maps
                .Drops.Entries()
                .Select(entry => new DumpedDrop(
                    entry.Key.Reason.Name(),
                    entry.Key.Direction.Name(),
                    entry.Key.Vrf,
                    entry.Value.Aggregate(0ul, (sum, count) => sum + count.Packets),
                    entry.Value.Aggregate(0ul, (sum, count) => sum + count.Bytes)
                ))
                .OrderByDescending(drop => drop.Packets),
        ];

    private static string Words(NextHopEntry to, Dictionary<uint, TunnelEntry> tunnels) =>
        to.Kind switch
        {
            NextHopKind.Interface => $"interface {to.IfIndex} {to.Mac.ToMac()}",
            NextHopKind.Tunnel when tunnels.TryGetValue(to.Tunnel, out var tunnel) =>
                $"{EncapName(to.Encap)} {tunnel.Remote.ToAddress(tunnel.Family)} label {to.Label}",
            NextHopKind.Tunnel => $"no tunnel {to.Tunnel}",
            NextHopKind.Connected => "connected",
            NextHopKind.Service => $"service in vrf {to.VrfOrGroup}",
            NextHopKind.Host => "host",
            NextHopKind.Outside => "outside",
            NextHopKind.Group => $"group {to.VrfOrGroup}",
            NextHopKind.Drop => $"drop {to.Reason.Name()}",
            _ => "nothing",
        };

    private static string EncapName(Encap encap) =>
        encap switch
        {
            Encap.Vxlan => "vxlan",
            Encap.MplsUdp => "mpls-udp",
            _ => "no encapsulation",
        };

    private static string Text(Prefix prefix) => prefix.IsHost ? prefix.Address.ToString() : prefix.ToString();

    private static string Text(uint gateway4) =>
        gateway4 == 0 ? "" : new AddressOctets(gateway4, 0, 0, 0).ToAddress(AddressFamily.IPv4).ToString();

    private static string Text(AddressOctets gateway6) =>
        gateway6 == default ? "" : gateway6.ToAddress(AddressFamily.IPv6).ToString();
}

/// <summary>An interface with what it may send from.</summary>
public sealed record DumpedInterface(
    uint IfIndex,
    uint Vrf,
    uint Label,
    string Mac,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Allowed,
    string Gateway4,
    string Gateway6,
    int Mtu,
    string Identity
);

/// <summary>A route, e.g. to <c>vxlan 172.30.2.2 label 17</c>.</summary>
public sealed record DumpedRoute(uint Vrf, string Prefix, string To, bool NotUp, bool Own, string Identity);

public sealed record DumpedTunnel(string Remote, string Local, uint IfIndex, int PathMtu, uint PeerGroup);

/// <summary>A label and what it stands for: <c>Interface</c>, <c>Vrf</c> …</summary>
public sealed record DumpedLabel(uint Space, uint Value, string Kind, uint IfIndex, uint Vrf);

/// <summary>Dropped packets of one reason (<c>docs/drops.md</c>), direction and VRF.</summary>
public sealed record DumpedDrop(string Reason, string Direction, uint Vrf, ulong Packets, ulong Bytes);
