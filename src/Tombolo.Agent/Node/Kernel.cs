using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tombolo.Agent.Datapath;
using Tombolo.Agent.Interfaces;
using Tombolo.Agent.Telemetry;
using Tombolo.Linux;
using Tombolo.Linux.Preflight;
using Tombolo.Values;
using Tombolo.Values.Cni;
using Tombolo.Values.Drops;
using Wire = Tombolo.Stream;

namespace Tombolo.Agent.Node;

/// <summary>The node's kernel as the loop uses it: the datapath's maps and programs, and the pods' links.</summary>
internal sealed partial class Kernel : IDisposable
{
    private readonly AgentOptions options;
    private readonly Datapath.Datapath datapath;
    private readonly Netlink links = Netlink.Open();
    private readonly Translation.Here here;
    private readonly HashSet<int> attachedByUs = [];
    private readonly ILogger log;

    /// <exception cref="LinuxException">The underlay has no such device or no address, or the programs do not load.</exception>
    public Kernel(AgentOptions options, ILogger log)
    {
        this.options = options;
        this.log = log;
        var device = links.Links.Named(options.Underlay);
        var address =
            links
                .Addresses.List(device.Index)
                .Select(one => one.Address)
                .Where(one => one.IsIPv4)
                .Cast<Address?>()
                .FirstOrDefault()
            ?? throw new LinuxException(
                "agent: underlay",
                options.Underlay,
                Errno.EADDRNOTAVAIL,
                "it has no IPv4 address"
            );
        here = new Translation.Here(new NodeName(options.Cluster, options.Node), address, device.Index, device.Mtu);
        datapath = Datapath.Datapath.Open(
            new DatapathOptions
            {
                ObjectPath = options.Object,
                PinDirectory = options.Pins,
                Underlay4 = address,
                Hosts = (uint)options.HostRoutes,
                Entries = (uint)options.OtherEntries,
            }
        );
        datapath.AttachUnderlay(device.Index);
        if (VxlanPort.Open(links, datapath.Guard) is { } slower)
        {
            Warnings = [.. Warnings, slower];
        }
    }

    public Address Underlay => here.Underlay;

    public int UnderlayMtu => here.Mtu;

    public uint Layout => datapath.Programs.Layout;

    /// <summary>What this kernel lacks or does slower, in words; it is served all the same.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = Missing();

    /// <summary>Changes with each boot of the machine: labels survive as long as it does not.</summary>
    public string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Is that attachment's link still there, under its index and its name?</summary>
    public bool Holds(Attachment attachment) =>
        links.Links.Find(attachment.Link) is { } link && link.Name == attachment.LinkName;

    /// <summary>Makes maps and programs as wanted.</summary>
    public Applied Apply(NodeState state, IReadOnlyCollection<Known> known)
    {
        string? error = null;
        var failed = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            datapath.Apply(Translation.Of(state, known, here));
        }
        catch (Exception broken) when (broken is LinuxException or InvalidOperationException)
        {
            error = broken.Message;
            LogNotApplied(log, error);
            foreach (var one in known.Where(one => one.Attachment is not null && !one.Up))
            {
                failed[one.Uid] = error;
            }
        }
        // Maps first: programs on a device without entries drop, programs that see half of them might not.
        foreach (
            var one in known.Where(one =>
                one.Attachment is not null && state.Interfaces.ContainsKey(one.Uid) && !failed.ContainsKey(one.Uid)
            )
        )
        {
            try
            {
                // What an earlier agent attached runs its programs: ours take their place, between two packets.
                var link = one.Attachment!.Link;
                if (!attachedByUs.Contains(link) || !datapath.IsAttached(link))
                {
                    datapath.AttachPod(link);
                    attachedByUs.Add(link);
                }
            }
            catch (LinuxException broken)
            {
                failed[one.Uid] = broken.Message;
            }
        }
        return new Applied(error, failed);
    }

    /// <summary>Makes the pod's link.</summary>
    public Attachment Attach(CniRequest request, Wire.Interface wanted, Label label, PodLink.Shape shape)
    {
        var name = PodLink.NameOf(request.ContainerId, request.Interface);
        var link = PodLink.Make(links, name, request.Netns, shape);
        return new Attachment(
            request.ContainerId,
            request.Interface,
            request.Netns,
            wanted.Uid,
            wanted.PodUid,
            wanted.Namespace,
            wanted.Pod,
            link,
            name,
            label.Value,
            request.Network
        );
    }

    /// <summary>Dropped packets since the maps were made, the most first.</summary>
    public IReadOnlyList<DumpedDrop> Drops() => datapath.Drops();

    /// <summary>Takes the programs off a link; its maps' entries go by <see cref="Apply"/>.</summary>
    public void Detach(Attachment attachment) => Detach(attachment.Link);

    public void DeleteLink(Attachment attachment)
    {
        if (Holds(attachment))
        {
            links.Links.Delete(attachment.Link);
        }
    }

    /// <summary>What is not as <see cref="Attach"/> and <see cref="Apply"/> made it, in words; empty if all is well.</summary>
    public IReadOnlyList<string> Differences(Attachment attachment, string netns, PodLink.Shape shape) =>
        [
            .. PodLinkCheck.Differences(links, attachment.LinkName, netns, shape),
            .. datapath.Differences(attachment.Link),
        ];

    /// <summary>Removes pods' links and programs that no attachment names: of an agent that was killed midway.</summary>
    public void RemoveAllBut(IReadOnlyCollection<Attachment> attachments)
    {
        var names = attachments.Select(one => one.LinkName).ToHashSet(StringComparer.Ordinal);
        links.Links.DeleteAll(
            links
                .Links.List()
                .Where(link => link.Kind == "veth" && PodLink.IsName(link.Name) && !names.Contains(link.Name))
                .Select(link => link.Index)
        );
        var ours = new[] { here.Device, links.Links.Find(VxlanPort.Name)?.Index ?? here.Device };
        foreach (var device in datapath.Attached.Except([.. ours, .. attachments.Select(one => one.Link)]))
        {
            Detach(device);
        }
    }

    /// <summary>What this node was told and what its kernel holds, as JSON.</summary>
    public byte[] Dump(string node, string vrf, NodeState state, IEnumerable<Known> known)
    {
        var told = state
            .Vrfs.Values.Where(one => vrf.Length == 0 || one.Name == vrf)
            .OrderBy(one => one.Name, StringComparer.Ordinal)
            .ToList();
        var dump = new NodeDump(
            node,
            [
                .. told.Select(one => new DumpedVrf(
                    one.Name,
                    one.Index,
                    one.Vni,
                    [.. one.Subnets.Select(subnet => Translation.Read(subnet.Prefix).ToString())]
                )),
            ],
            [
                .. from one in known
                where state.Interfaces.ContainsKey(one.Uid)
                let wanted = state.Interfaces[one.Uid]
                where vrf.Length == 0 || wanted.Vrf == vrf
                orderby wanted.Namespace, wanted.Pod, wanted.Name
                select new DumpedPod(
                    $"{wanted.Namespace}/{wanted.Pod}",
                    wanted.Name,
                    wanted.Vrf,
                    [.. wanted.Addresses.Select(octets => Address.Read(octets.Span).ToString())],
                    one.Label.Value,
                    one.Up ? "up" : "bound",
                    one.Attachment?.LinkName
                ),
            ],
            datapath.Dump(),
            datapath.Drops()
        );
        return JsonSerializer.SerializeToUtf8Bytes(dump, AgentJson.Default.NodeDump);
    }

    /// <summary>Counters of dropped packets.</summary>
    /// <param name="network">Of this network alone; empty: of all.</param>
    public IReadOnlyList<CountedDrop> Drops(string network, NodeState state, IEnumerable<Known> known) =>
        Words(state, known).Of(datapath.Drops(), network);

    /// <summary>Dropped packets since the last call.</summary>
    public IReadOnlyList<SampledDrop> TakeDrops(int most, NodeState state, IEnumerable<Known> known, TimeProvider time)
    {
        var events = datapath.Maps.Events.Read(most);
        return events.Count == 0
            ? []
            : Words(state, known).Of(events, time.GetUtcNow(), time.GetElapsedTime(0, time.GetTimestamp()));
    }

    /// <summary>Forgets what was dropped before.</summary>
    public void SkipDrops() => datapath.Maps.Events.Skip();

    private DropWords Words(NodeState state, IEnumerable<Known> known) =>
        new(state, known, options.Underlay, here.Device);

    private void Detach(int link)
    {
        attachedByUs.Remove(link);
        datapath.Detach(link);
    }

    private static List<string> Missing()
    {
        try
        {
            return
            [
                .. KernelFeatures
                    .Look()
                    .Where(one => one.Level != Level.Ok)
                    .Select(one => $"{one.What}: {one.Found}; {one.WayOut}"),
            ];
        }
        catch (LinuxException refused)
        {
            return [$"the kernel's features were not looked at: {refused.Message}"];
        }
    }

    public void Dispose()
    {
        datapath.Dispose();
        links.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "the kernel does not hold what it should: {Why}")]
    private static partial void LogNotApplied(ILogger log, string why);
}
