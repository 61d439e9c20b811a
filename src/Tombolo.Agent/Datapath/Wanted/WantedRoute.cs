using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>A route of a VRF.</summary>
/// <param name="Identity">128-bit hash of who is there; 0 none.</param>
/// <param name="NotUp">Bound, not up yet: what opens a connection is refused.</param>
/// <param name="Own">Of the VRF's own network; an imported one costs a hop.</param>
public sealed record WantedRoute(
    ushort Vrf,
    Prefix Prefix,
    WantedNextHop NextHop,
    UInt128 Identity = default,
    bool NotUp = false,
    bool Own = true
)
{
    /// <summary>Of a route to an interface here: of a network whose own interfaces do not reach one another.</summary>
    public bool DenyIntra { get; init; }

    /// <summary>Of a route by way of an interface here, to what lies behind it: that interface itself goes by another one.</summary>
    public bool Transit { get; init; }

    /// <summary>By which that interface goes; null: it has no route there.</summary>
    public WantedRoute? Otherwise { get; init; }
}
