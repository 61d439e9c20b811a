using Tombolo.Linux;
using Tombolo.Linux.Bpf;

namespace Tombolo.Agent.Datapath;

/// <summary>
/// A node's datapath: makes the kernel's maps equal to what is wanted, and puts programs on devices. For one caller at a
/// time, in the node's network namespace.
/// </summary>
/// <remarks>
/// A former agent's maps and links are adopted: <see cref="Apply"/> then writes the difference only. Apply an interface
/// before it is attached; detach it before it is left out.
/// </remarks>
public sealed class Datapath : IDisposable
{
    private readonly Loader loader;
    private readonly Attachments attachments;
    private readonly DatapathNumbers numbers;
    private readonly MapImage<uint, InterfaceEntry> interfaces;
    private readonly MapImage<LpmKey, SpoofEntry> spoof;
    private readonly MapImage<LabelKey, LabelEntry> labels;
    private readonly MapImage<AddressKey, RouteEntry> hosts;
    private readonly MapImage<LpmKey, RouteEntry> prefixes;
    private readonly MapImage<uint, NextHopEntry> nextHops;
    private readonly MapImage<uint, TunnelEntry> tunnels;
    private readonly MapImage<EndpointKey, EndpointEntry> tunnelEndpoints;
    private readonly MapImage<uint, IdentityEntry> identities;

    private Datapath(DatapathOptions options, TimeProvider time)
    {
        loader = Loader.Load(options);
        attachments = new Attachments(loader.Directory);
        numbers = new DatapathNumbers(loader.Maps, time);
        interfaces = new(loader.Maps.Interfaces);
        spoof = new(loader.Maps.Spoof);
        labels = new(loader.Maps.Labels);
        hosts = new(loader.Maps.Hosts);
        prefixes = new(loader.Maps.Prefixes);
        nextHops = new(loader.Maps.NextHops, entry => entry.Value != default);
        tunnels = new(loader.Maps.Tunnels, entry => entry.Value != default);
        tunnelEndpoints = new(loader.Maps.TunnelEndpoints);
        identities = new(loader.Maps.Identities, entry => entry.Value != default);
        loader.Maps.Settings.Set(
            0,
            new Settings
            {
                EventSample = options.EventSample,
                EventLimit = options.EventLimit,
                Local4 = options.Underlay4 is { } local4 ? AddressOctets.From(local4).First : 0,
                Local6 = options.Underlay6 is { } local6 ? AddressOctets.From(local6) : default,
                Node = options.NodeId,
            }
        );
    }

    /// <summary>The maps, for those who read them.</summary>
    public DatapathMaps Maps => loader.Maps;

    /// <summary>The programs, for test runs.</summary>
    public Loader Programs => loader;

    /// <summary>Devices that have our programs on them, those of a former agent too.</summary>
    public IReadOnlyCollection<int> Attached => attachments.Devices;

    /// <summary>Loads, or adopts what a former agent pinned.</summary>
    /// <inheritdoc cref="Loader.Load"/>
    public static Datapath Open(DatapathOptions options, TimeProvider? time = null) =>
        new(options, time ?? TimeProvider.System);

    /// <summary>
    /// Makes the maps hold exactly what is wanted. What is new is written from the far end of each look-up (next hop before
    /// route, route before label), what is old removed from its near end, so that no look-up ever meets another's entry.
    /// </summary>
    /// <returns>Entries written and removed; 0 if all was as wanted.</returns>
    /// <exception cref="LinuxException">E2BIG or ENOSPC: a map is full, also after what is old went; it names the map.</exception>
    /// <exception cref="InvalidOperationException">A map of numbers is full; nothing was changed.</exception>
    public int Apply(WantedState wanted)
    {
        var plan = new DatapathPlan(wanted, numbers);
        int changes;
        try
        {
            changes = Put(plan);
        }
        catch (LinuxException full) when (full.Errno is Errno.E2BIG or Errno.ENOSPC)
        {
            changes = Remove(plan) + Put(plan);
        }
        return changes + Remove(plan);
    }

    /// <summary>Puts the programs on the host's side of a pod's veth; again does no harm.</summary>
    public void AttachPod(int ifIndex)
    {
        // Nothing leaves the pod before something judges what enters it.
        attachments.Attach(loader.ToPod, ifIndex, TcxHook.Egress);
        attachments.Attach(loader.FromPod, ifIndex, TcxHook.Ingress);
    }

    public void AttachUnderlay(int ifIndex) => attachments.Attach(loader.FromUnderlay, ifIndex, TcxHook.Ingress);

    /// <summary>Lets nothing that a device receives into the host: to_pod drops what does not bear our mark.</summary>
    public void Guard(int ifIndex) => attachments.Attach(loader.ToPod, ifIndex, TcxHook.Ingress);

    /// <summary>Takes our programs off a device, whether it is still there or not.</summary>
    public void Detach(int ifIndex) => attachments.Detach(ifIndex);

    public bool IsAttached(int ifIndex) => attachments.IsAttached(ifIndex);

    /// <summary>What the kernel does not hold of a pod's link as it was applied, in words; empty if all is well.</summary>
    public IReadOnlyList<string> Differences(int ifIndex)
    {
        var index = (uint)ifIndex;
        bool LeadsThere(uint nextHop) => nextHops.Held.GetValueOrDefault(nextHop).IfIndex == index;
        var differences = new List<string>();
        if (!interfaces.Held.ContainsKey(index))
        {
            differences.Add($"nothing is applied for link {ifIndex}");
        }
        if (!IsAttached(ifIndex))
        {
            differences.Add($"the programs are not on link {ifIndex}");
        }
        differences.AddRange(interfaces.Differences(entry => entry.Key == index));
        differences.AddRange(spoof.Differences(entry => entry.Key.Vrf == index));
        differences.AddRange(labels.Differences(entry => entry.Value.IfIndex == index));
        differences.AddRange(hosts.Differences(entry => LeadsThere(entry.Value.NextHop)));
        differences.AddRange(nextHops.Differences(entry => LeadsThere(entry.Key)));
        return differences;
    }

    /// <summary>What the kernel holds, in words.</summary>
    public DatapathDump Dump() => DatapathDump.Read(loader.Maps);

    /// <summary>Dropped packets since the maps were made, the most first.</summary>
    public IReadOnlyList<DumpedDrop> Drops() => DatapathDump.ReadDrops(loader.Maps);

    public void Dispose() => loader.Dispose();

    /// <summary>
    /// Removes all pins below a node's directory: programs leave their devices and maps their contents. For a node that is
    /// taken down.
    /// </summary>
    public static void Destroy(string pinDirectory)
    {
        if (!Directory.Exists(pinDirectory))
        {
            return;
        }
        foreach (var layout in Directory.GetDirectories(pinDirectory, "v*"))
        {
            var left = new Attachments(layout);
            foreach (var device in left.Devices)
            {
                left.Detach(device);
            }
        }
        Directory.Delete(pinDirectory, recursive: true);
    }

    private int Put(DatapathPlan plan) =>
        identities.Put(plan.Identities)
        + tunnels.Put(plan.Tunnels)
        + nextHops.Put(plan.NextHops)
        + hosts.Put(plan.Hosts)
        + prefixes.Put(plan.Prefixes)
        + spoof.Put(plan.Spoof)
        + interfaces.Put(plan.Interfaces)
        + tunnelEndpoints.Put(plan.TunnelEndpoints)
        + labels.Put(plan.Labels);

    private int Remove(DatapathPlan plan) =>
        interfaces.RemoveAllBut(plan.Interfaces)
        + labels.RemoveAllBut(plan.Labels)
        + tunnelEndpoints.RemoveAllBut(plan.TunnelEndpoints)
        + hosts.RemoveAllBut(plan.Hosts)
        + prefixes.RemoveAllBut(plan.Prefixes)
        + spoof.RemoveAllBut(plan.Spoof)
        + nextHops.Put(plan.EmptyNextHops)
        + tunnels.Put(plan.EmptyTunnels)
        + identities.Put(plan.EmptyIdentities);
}
