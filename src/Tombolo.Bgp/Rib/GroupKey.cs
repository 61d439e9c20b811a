using Tombolo.Bgp.Policy;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Bgp.Rib;

/// <summary>All that what we send depends on: neighbours of equal key are sent the same octets.</summary>
/// <param name="Self">Our address: the next hop of routes that have none, and of all where <paramref name="WritesSelf"/>.</param>
/// <param name="LocalAs">Put before the path towards external neighbours.</param>
/// <param name="Interest">The route targets asked for; null where all routes are wanted.</param>
internal sealed record GroupKey(
    Family Family,
    bool IsInternal,
    bool IsClient,
    bool FourOctetAs,
    bool Extended,
    bool AddPath,
    bool LongLived,
    Address Self,
    bool WritesSelf,
    uint LocalAs,
    RoutePolicy Export,
    RouteTargetInterest? Interest
)
{
    /// <summary>A client hears its own memberships back, or it would not learn that others share them (RFC 4684 §3.2 i).</summary>
    public bool SendsBack => Family == Family.RouteTargets && IsInternal && IsClient;
}
