using Tombolo.Agent.Datapath;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.Agent.Node;

/// <summary>From what the primary says and what is attached here to what the kernel's maps are to hold: one pure function.</summary>
internal static class Translation
{
    /// <summary>The node's own place in it.</summary>
    /// <param name="Device">Index of the underlay's device.</param>
    /// <param name="Mtu">Of the underlay.</param>
    internal readonly record struct Here(NodeName Node, Address Underlay, int Device, int Mtu);

    public static WantedState Of(NodeState state, IReadOnlyCollection<Known> known, Here here)
    {
        var attached = known
            .Where(one => one.Attachment is not null && state.Interfaces.ContainsKey(one.Uid))
            .ToDictionary(one => one.Uid, StringComparer.Ordinal);
        return new WantedState
        {
            Vrfs =
            [
                .. state.Vrfs.Values.Select(vrf => new WantedVrf(
                    (ushort)vrf.Index,
                    [.. vrf.Subnets.Select(subnet => Read(subnet.Prefix))]
                )),
            ],
            Interfaces = [.. attached.Values.Select(one => Interface(state, one, here)).OfType<WantedInterface>()],
            Routes = [.. state.Routes.Select(route => Route(state, route, attached, here)).OfType<WantedRoute>()],
            Tunnels = [.. state.Tunnels.Values.SelectMany(tunnel => Tunnels(tunnel, here))],
        };
    }

    public static Prefix Read(Wire.Prefix prefix) => new(Address.Read(prefix.Address.Span), (int)prefix.Length);

    private static WantedInterface? Interface(NodeState state, Known one, Here here)
    {
        var told = state.Interfaces[one.Uid];
        if (!state.Vrfs.TryGetValue(told.Vrf, out var vrf))
        {
            return null;
        }
        var gateways = vrf.Subnets.Select(subnet => Address.Read(subnet.Gateway.Span)).ToList();
        return new WantedInterface(one.Attachment!.Link, (ushort)vrf.Index, one.Label, Mac.Read(told.Mac.Span))
        {
            Addresses = [.. told.Addresses.Select(octets => Address.Read(octets.Span))],
            Allowed = [.. told.Allowed.Select(Read)],
            Transit = [.. told.Transit.Select(Read)],
            DenyIntra = vrf.DenyIntra,
            Gateway4 = GatewayOf(gateways, AddressFamily.IPv4),
            Gateway6 = GatewayOf(gateways, AddressFamily.IPv6),
            System4 = Optional(told.System4),
            System6 = Optional(told.System6),
            Mtu = (ushort)(told.Mtu > 0 ? (int)told.Mtu : state.PodMtu(here.Mtu)),
            Vlan = (ushort)told.Vlan,
            Identity = Identity.Read(told.Identity.Span).Bits,
        };
    }

    private static WantedRoute? Route(NodeState state, Wire.Route route, Dictionary<string, Known> attached, Here here)
    {
        if (route.Paths.FirstOrDefault() is not { } path || Route(state, route, path, attached, here) is not { } wanted)
        {
            return null;
        }
        var isTransit =
            wanted.NextHop is WantedNextHop.Interface
            && !path.Own
            && IsTransit(state.Interfaces[path.InterfaceUid], route.Prefix);
        return !isTransit
            ? wanted
            : wanted with
            {
                Transit = true,
                Otherwise = route.Otherwise is { } other ? Route(state, route, other, attached, here) : null,
            };
    }

    private static WantedRoute? Route(
        NodeState state,
        Wire.Route route,
        Wire.Path path,
        Dictionary<string, Known> attached,
        Here here
    )
    {
        if (!state.Vrfs.TryGetValue(route.Vrf, out var vrf))
        {
            return null;
        }
        var isHere = path.Cluster == here.Node.Cluster && path.Node == here.Node.Name;
        WantedNextHop? hop = path.ToCase switch
        {
            Wire.Path.ToOneofCase.Connected => new WantedNextHop.Connected(),
            Wire.Path.ToOneofCase.Drop => new WantedNextHop.Drop(
                path.Drop == DropReason.NoRoute.Name() ? DropReason.NoRoute : DropReason.StaticDrop
            ),
            // Bound here and not attached: nobody is there yet, and nobody else is either.
            Wire.Path.ToOneofCase.Interface when isHere => attached.TryGetValue(path.InterfaceUid, out var one)
                ? new WantedNextHop.Interface(one.Attachment!.Link, Mac.Read(state.Interfaces[one.Uid].Mac.Span))
                : new WantedNextHop.Drop(DropReason.NotUp),
            Wire.Path.ToOneofCase.Interface => Remote(state, path),
            _ => new WantedNextHop.Drop(DropReason.Unsupported),
        };
        return hop is null
            ? null
            : new WantedRoute(
                (ushort)vrf.Index,
                Read(route.Prefix),
                hop,
                Identity.Read(path.Identity.Span).Bits,
                NotUp: !isHere && !path.Up,
                Own: path.Own
            )
            {
                DenyIntra = hop is WantedNextHop.Interface && path.Own && vrf.DenyIntra,
            };
    }

    private static bool IsTransit(Wire.Interface told, Wire.Prefix prefix) =>
        told.Transit.Contains(prefix) && !told.Addresses.Contains(prefix.Address);

    private static WantedNextHop? Remote(NodeState state, Wire.Path path)
    {
        if (
            !state.Tunnels.TryGetValue(new NodeName((int)path.Cluster, path.Node), out var tunnel)
            || tunnel.Addresses.Count == 0
        )
        {
            return null;
        }
        // A path's own say goes before its endpoint's: one gateway may want its routes carried differently.
        return
            state.To(path.Encapsulations.Count > 0 ? path.Encapsulations : tunnel.Encapsulations) is { } encapsulation
            ? new WantedNextHop.Tunnel(
                Address.Read(tunnel.Addresses[0].Span),
                path.Label,
                encapsulation == Wire.Encapsulation.MplsInUdp ? Encap.MplsUdp : Encap.Vxlan
            )
            : new WantedNextHop.Drop(DropReason.Unsupported);
    }

    private static IEnumerable<WantedTunnel> Tunnels(Wire.Tunnel tunnel, Here here) =>
        tunnel
            .Addresses.Select(octets => Address.Read(octets.Span))
            .Where(remote => remote.Family == here.Underlay.Family)
            .Select(remote => new WantedTunnel(
                remote,
                here.Underlay,
                here.Device,
                (ushort)(tunnel.PathMtu > 0 ? Math.Min((int)tunnel.PathMtu, here.Mtu) : here.Mtu)
            ));

    private static Address? GatewayOf(List<Address> gateways, AddressFamily family) =>
        gateways.Any(gateway => gateway.Family == family) ? gateways.First(gateway => gateway.Family == family) : null;

    private static Address? Optional(Google.Protobuf.ByteString octets) =>
        octets.Length is 4 or 16 ? Address.Read(octets.Span) : null;
}
