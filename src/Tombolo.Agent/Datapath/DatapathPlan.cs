using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>The contents of every map that a wanted state means, with the agent's numbers filled in.</summary>
internal sealed class DatapathPlan
{
    private readonly DatapathNumbers numbers;
    private readonly HashSet<NextHopEntry> nextHopsUsed = [];
    private readonly HashSet<Address> tunnelsUsed = [];
    private readonly HashSet<UInt128> identitiesUsed = [];

    public DatapathPlan(WantedState wanted, DatapathNumbers numbers)
    {
        this.numbers = numbers;
        foreach (var tunnel in wanted.Tunnels)
        {
            Add(tunnel);
        }
        foreach (var item in wanted.Interfaces)
        {
            Add(item);
        }
        foreach (var label in wanted.Labels)
        {
            Labels[new LabelKey(label.Space, label.Value)] = new LabelEntry(
                label.Kind,
                default,
                0,
                label.Vrf,
                default,
                0,
                0
            );
        }
        foreach (var vrf in wanted.Vrfs)
        {
            foreach (var subnet in vrf.Subnets)
            {
                Add(new WantedRoute(vrf.Index, subnet, new WantedNextHop.Connected()));
            }
        }
        foreach (var route in wanted.Routes)
        {
            Add(route);
        }
        Free();
    }

    public Dictionary<uint, InterfaceEntry> Interfaces { get; } = [];

    public Dictionary<LpmKey, SpoofEntry> Spoof { get; } = [];

    public Dictionary<LabelKey, LabelEntry> Labels { get; } = [];

    public Dictionary<AddressKey, RouteEntry> Hosts { get; } = [];

    public Dictionary<LpmKey, RouteEntry> Prefixes { get; } = [];

    public Dictionary<uint, NextHopEntry> NextHops { get; } = [];

    public Dictionary<uint, TunnelEntry> Tunnels { get; } = [];

    public Dictionary<EndpointKey, EndpointEntry> TunnelEndpoints { get; } = [];

    public Dictionary<uint, IdentityEntry> Identities { get; } = [];

    /// <summary>Slots to be emptied once nothing names them.</summary>
    public Dictionary<uint, NextHopEntry> EmptyNextHops { get; } = [];

    public Dictionary<uint, TunnelEntry> EmptyTunnels { get; } = [];

    public Dictionary<uint, IdentityEntry> EmptyIdentities { get; } = [];

    private void Add(WantedTunnel tunnel)
    {
        var number = numbers.Tunnels.Of(tunnel.Remote);
        tunnelsUsed.Add(tunnel.Remote);
        Tunnels[number] = new TunnelEntry(
            AddressOctets.From(tunnel.Remote),
            AddressOctets.From(tunnel.Local),
            tunnel.Remote.Family,
            tunnel.Encap,
            tunnel.PathMtu,
            (uint)tunnel.IfIndex,
            (uint)tunnel.PeerGroup,
            0
        );
        TunnelEndpoints[EndpointKey.Of(tunnel.Remote)] = new EndpointEntry(number, (uint)tunnel.PeerGroup);
    }

    private void Add(WantedInterface item)
    {
        var index = (uint)item.IfIndex;
        Interfaces[index] = new InterfaceEntry(
            item.Vrf,
            item.Label.Value,
            item.Flags,
            Identity(item.Identity),
            item.PolicySet,
            item.Scope,
            MacOctets.From(item.Mac),
            item.Vlan,
            Octets(item.System4).First,
            Octets(item.Gateway4).First,
            Octets(item.System6),
            Octets(item.Gateway6),
            item.Mtu,
            0,
            item.Epoch
        );
        foreach (var prefix in item.Transit)
        {
            // The longest match decides: one within an allowed prefix must not take from it what that allows.
            var allowed = item.Allowed.Any(wider => wider.Contains(prefix));
            Spoof[LpmKey.Of(index, prefix)] = new SpoofEntry(allowed ? SpoofKind.Allowed : SpoofKind.Transit);
        }
        foreach (var prefix in item.Allowed)
        {
            Spoof[LpmKey.Of(index, prefix)] = new SpoofEntry(SpoofKind.Allowed);
        }
        foreach (var address in item.Addresses)
        {
            Spoof[LpmKey.Of(index, Prefix.Host(address))] = new SpoofEntry(SpoofKind.Address);
        }
        if (item.Label.Value != 0)
        {
            Labels[new LabelKey(LabelSpace.Nodes, item.Label.Value)] = new LabelEntry(
                LabelKind.Interface,
                default,
                index,
                item.Vrf,
                MacOctets.From(item.Mac),
                0,
                item.DenyIntra ? LabelFlags.DenyIntra : LabelFlags.None
            );
        }
    }

    private void Add(WantedRoute route)
    {
        var entry = new RouteEntry(NextHop(route), Identity(route.Identity));
        if (route.Prefix.IsHost)
        {
            Hosts[AddressKey.Of(route.Vrf, route.Prefix.Address)] = entry;
        }
        else
        {
            Prefixes[LpmKey.Of(route.Vrf, route.Prefix)] = entry;
        }
    }

    private uint NextHop(WantedRoute route)
    {
        var flags =
            (route.NotUp ? NextHopFlags.NotUp : 0)
            | (route.Own ? NextHopFlags.Own : 0)
            | (route.DenyIntra ? NextHopFlags.DenyIntra : 0)
            | (route.Transit ? NextHopFlags.NotForItself : 0);
        var content = route.NextHop switch
        {
            WantedNextHop.Interface to => new NextHopEntry
            {
                Kind = NextHopKind.Interface,
                Flags = flags,
                IfIndex = (uint)to.IfIndex,
                Mac = MacOctets.From(to.Mac),
                VrfOrGroup = route.Otherwise is { } other ? NextHop(other) : 0,
            },
            WantedNextHop.Tunnel to when tunnelsUsed.Contains(to.Remote) => new NextHopEntry
            {
                Kind = NextHopKind.Tunnel,
                Encap = to.Encap,
                Flags = flags,
                Tunnel = numbers.Tunnels.Of(to.Remote),
                Label = to.Label,
                Mac = MacOctets.From(to.RouterMac ?? Mac.Gateway),
            },
            WantedNextHop.Tunnel => Drop(DropReason.NoRoute),
            WantedNextHop.Connected => new NextHopEntry { Kind = NextHopKind.Connected, Flags = flags },
            WantedNextHop.Service to => new NextHopEntry
            {
                Kind = NextHopKind.Service,
                Flags = flags,
                VrfOrGroup = to.Vrf,
            },
            WantedNextHop.Host => new NextHopEntry { Kind = NextHopKind.Host, Flags = flags },
            WantedNextHop.Outside => new NextHopEntry { Kind = NextHopKind.Outside, Flags = flags },
            WantedNextHop.Drop to => Drop(to.Reason),
            var other => throw new ArgumentException($"no such next hop: {other}", nameof(route)),
        };
        nextHopsUsed.Add(content);
        var number = numbers.NextHops.Of(content);
        NextHops[number] = content with { Generation = numbers.GenerationOf(number, content) };
        return number;
    }

    private static NextHopEntry Drop(DropReason reason) => new() { Kind = NextHopKind.Drop, Reason = reason };

    private uint Identity(UInt128 hash)
    {
        if (hash == 0)
        {
            return 0;
        }
        identitiesUsed.Add(hash);
        var number = numbers.Identities.Of(hash);
        Identities[number] = new IdentityEntry(AddressOctets.From(Address.V6(hash)));
        return number;
    }

    private void Free()
    {
        foreach (var number in numbers.NextHops.FreeAllBut(nextHopsUsed))
        {
            // The generation stays, so that the next content of the slot has another.
            EmptyNextHops[number] = new NextHopEntry { Generation = numbers.GenerationOf(number, default) };
        }
        foreach (var number in numbers.Tunnels.FreeAllBut(tunnelsUsed))
        {
            EmptyTunnels[number] = default;
        }
        foreach (var number in numbers.Identities.FreeAllBut(identitiesUsed))
        {
            EmptyIdentities[number] = default;
        }
    }

    private static AddressOctets Octets(Address? address) => address is { } some ? AddressOctets.From(some) : default;
}
