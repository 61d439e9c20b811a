using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>A pod's interface on this node. Its routes are wanted apart: they come with the stream.</summary>
/// <param name="IfIndex">Of the host's side of the veth.</param>
/// <param name="Label">By which other nodes send to it; of the nodes' space.</param>
/// <param name="Mac">The pod's own.</param>
public sealed record WantedInterface(int IfIndex, ushort Vrf, Label Label, Mac Mac)
{
    /// <summary>Its own addresses.</summary>
    public IReadOnlyList<Address> Addresses { get; init; } = [];

    /// <summary>What it may send from besides.</summary>
    public IReadOnlyList<Prefix> Allowed { get; init; } = [];

    /// <summary>What static routes lead through it: it is sent to at it.</summary>
    public IReadOnlyList<Prefix> Transit { get; init; } = [];

    /// <summary>Other interfaces of its own network do not reach it.</summary>
    public bool DenyIntra { get; init; }

    /// <summary>Answers pings and ICMP errors come from it; null if the interface has no IPv4.</summary>
    public Address? Gateway4 { get; init; }

    /// <summary>Besides fe80::1, which is always there.</summary>
    public Address? Gateway6 { get; init; }

    public Address? System4 { get; init; }

    public Address? System6 { get; init; }

    public ushort Mtu { get; init; } = 1450;

    public ushort Vlan { get; init; }

    /// <summary>128-bit hash; 0 none.</summary>
    public UInt128 Identity { get; init; }

    public InterfaceFlags Flags { get; init; }

    public uint PolicySet { get; init; }

    public uint Scope { get; init; }

    public uint Epoch { get; init; }
}
