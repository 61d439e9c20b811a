using Tombolo.Linux.Bpf;

namespace Tombolo.Agent.Datapath;

/// <summary>Handles of the maps that the agent reads and writes.</summary>
public sealed class DatapathMaps : IDisposable
{
    /// <summary>Maps of the contract that no program uses yet: not made.</summary>
    internal static readonly string[] Unused =
    [
        "groups",
        "services",
        "backends",
        "maglev",
        "classes",
        "policy",
        "cidrs",
        "flows",
        "flows_new",
        "translations",
        "snat",
        "fragments",
    ];

    /// <summary>Maps that are made and pinned, under these names.</summary>
    internal static readonly string[] Pinned =
    [
        "settings",
        "interfaces",
        "spoof",
        "labels",
        "hosts",
        "prefixes",
        "nexthops",
        "tunnels",
        "tunnel_endpoints",
        "identities",
        "drops",
        "events",
    ];

    internal DatapathMaps(BpfObject loaded)
    {
        Settings = loaded.Map<uint, Settings>("settings");
        Interfaces = loaded.Map<uint, InterfaceEntry>("interfaces");
        Spoof = loaded.Map<LpmKey, SpoofEntry>("spoof");
        Labels = loaded.Map<LabelKey, LabelEntry>("labels");
        Hosts = loaded.Map<AddressKey, RouteEntry>("hosts");
        Prefixes = loaded.Map<LpmKey, RouteEntry>("prefixes");
        NextHops = loaded.Map<uint, NextHopEntry>("nexthops");
        Tunnels = loaded.Map<uint, TunnelEntry>("tunnels");
        TunnelEndpoints = loaded.Map<EndpointKey, EndpointEntry>("tunnel_endpoints");
        Identities = loaded.Map<uint, IdentityEntry>("identities");
        Drops = loaded.PerCpuMap<DropKey, DropCount>("drops");
        Events = loaded.Ring<EventRecord>("events");
    }

    public BpfMap<uint, Settings> Settings { get; }

    public BpfMap<uint, InterfaceEntry> Interfaces { get; }

    public BpfMap<LpmKey, SpoofEntry> Spoof { get; }

    public BpfMap<LabelKey, LabelEntry> Labels { get; }

    public BpfMap<AddressKey, RouteEntry> Hosts { get; }

    public BpfMap<LpmKey, RouteEntry> Prefixes { get; }

    public BpfMap<uint, NextHopEntry> NextHops { get; }

    public BpfMap<uint, TunnelEntry> Tunnels { get; }

    public BpfMap<EndpointKey, EndpointEntry> TunnelEndpoints { get; }

    public BpfMap<uint, IdentityEntry> Identities { get; }

    public BpfPerCpuMap<DropKey, DropCount> Drops { get; }

    public BpfRing<EventRecord> Events { get; }

    public void Dispose()
    {
        Settings.Dispose();
        Interfaces.Dispose();
        Spoof.Dispose();
        Labels.Dispose();
        Hosts.Dispose();
        Prefixes.Dispose();
        NextHops.Dispose();
        Tunnels.Dispose();
        TunnelEndpoints.Dispose();
        Identities.Dispose();
        Drops.Dispose();
        Events.Dispose();
    }
}
