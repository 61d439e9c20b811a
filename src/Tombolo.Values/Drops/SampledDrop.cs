namespace Tombolo.Values.Drops;

/// <summary>One dropped packet, as far as it was read by then.</summary>
/// <param name="Network">As in <see cref="CountedDrop"/>.</param>
/// <param name="Pod">namespace/name of the pod behind the device; null if none is.</param>
/// <param name="Device">Where the packet was met: a pod's host side, the underlay; <c>if N</c> for one that is gone.</param>
/// <param name="Source">Address; null if no IP header was read. Ports are 0 where the protocol has none or they were not read.</param>
/// <param name="Protocol">tcp, udp, icmp, icmpv6, sctp, arp; <c>-</c> if it was not read; else the number.</param>
/// <param name="Length">Octets of the frame.</param>
public sealed record SampledDrop(
    DateTimeOffset Time,
    string Direction,
    string Network,
    string? Pod,
    string Device,
    string Reason,
    string? Source,
    int SourcePort,
    string? Destination,
    int DestinationPort,
    string Protocol,
    uint Length
);
