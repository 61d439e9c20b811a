using System.Collections.Immutable;
using Tombolo.Values;

namespace Tombolo.Bgp.Speaking;

/// <summary>A speaker as configured; neighbours are added to it.</summary>
public sealed record SpeakerOptions
{
    public required uint As { get; init; }

    /// <summary>An IPv4 address by form, unique in the AS.</summary>
    public required Address RouterId { get; init; }

    /// <summary>The reflector's cluster; none for the router id.</summary>
    public Address ClusterId { get; init; }

    /// <summary>Where to listen; empty for nowhere.</summary>
    public ImmutableArray<Address> Listen { get; init; } = [];

    public int Port { get; init; } = 179;

    public int MaxPaths { get; init; } = 1;

    public bool AlwaysCompareMed { get; init; }

    public Func<Address, uint>? NextHopCost { get; init; }

    /// <summary>It has just restarted: says so in its OPENs and sends nothing until every neighbour with graceful restart
    /// has sent all it has, or <see cref="DeferralTime"/> is over (RFC 4724 §4.1).</summary>
    public bool Restarting { get; init; }

    public TimeSpan DeferralTime { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Sends nothing, so no End-of-RIB either, until <see cref="Speaker.Release"/> is called.</summary>
    public bool StartsHeld { get; init; }
}
