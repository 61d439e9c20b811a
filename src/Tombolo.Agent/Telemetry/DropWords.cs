using System.Buffers.Binary;
using Tombolo.Agent.Datapath;
using Tombolo.Agent.Node;
using Tombolo.Values;
using Tombolo.Values.Drops;

namespace Tombolo.Agent.Telemetry;

/// <summary>Drops with names where the kernel has numbers, from what the node was told and has attached.</summary>
internal sealed class DropWords(NodeState state, IEnumerable<Known> known, string underlay, int underlayDevice)
{
    private readonly Dictionary<uint, string> networks = state.Vrfs.Values.ToDictionary(
        vrf => vrf.Index,
        vrf => vrf.Name
    );

    private readonly Dictionary<uint, (string Device, string Pod)> devices = known
        .Select(one => one.Attachment)
        .OfType<Interfaces.Attachment>()
        .ToDictionary(one => (uint)one.Link, one => (one.LinkName, $"{one.Namespace}/{one.Pod}"));

    /// <param name="network">Of this network alone; empty: of all.</param>
    public IReadOnlyList<CountedDrop> Of(IEnumerable<DumpedDrop> counters, string network) =>
        [
            .. counters
                .Select(one => new CountedDrop(Network(one.Vrf), one.Direction, one.Reason, one.Packets, one.Bytes))
                .Where(one => network.Length == 0 || one.Network == network),
        ];

    /// <param name="now">The same moment as <paramref name="sinceBoot"/>, by which the kernel tells the time of events.</param>
    public IReadOnlyList<SampledDrop> Of(IEnumerable<EventRecord> events, DateTimeOffset now, TimeSpan sinceBoot) =>
        [
            .. events
                .Where(one => one.Kind == EventKind.Drop)
                .Select(one => Of(one, now - (sinceBoot - TimeSpan.FromTicks((long)(one.Nanoseconds / 100))))),
        ];

    private SampledDrop Of(EventRecord one, DateTimeOffset time)
    {
        var known = devices.GetValueOrDefault(one.IfIndex);
        return new SampledDrop(
            time,
            one.Direction.Name(),
            Network(one.Vrf),
            known.Pod,
            known.Device ?? (one.IfIndex == underlayDevice ? underlay : $"if {one.IfIndex}"),
            one.Reason.Name(),
            Text(one.SAddr, one.Family),
            BinaryPrimitives.ReverseEndianness(one.SPort),
            Text(one.DAddr, one.Family),
            BinaryPrimitives.ReverseEndianness(one.DPort),
            Protocol(one.Proto, one.Family),
            one.Length
        );
    }

    private string Network(uint vrf) => vrf == 0 ? "" : networks.GetValueOrDefault(vrf) ?? $"vrf {vrf}";

    private static string? Text(AddressOctets address, AddressFamily family) =>
        family is AddressFamily.IPv4 or AddressFamily.IPv6 ? address.ToAddress(family).ToString() : null;

    // ARP has addresses of IPv4 and no protocol of it.
    private static string Protocol(byte number, AddressFamily family) =>
        number switch
        {
            0 => family == AddressFamily.IPv4 ? "arp" : "-",
            1 => "icmp",
            6 => "tcp",
            17 => "udp",
            58 => "icmpv6",
            132 => "sctp",
            _ => $"{number}",
        };
}
