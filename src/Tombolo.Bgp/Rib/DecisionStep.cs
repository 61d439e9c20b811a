namespace Tombolo.Bgp.Rib;

/// <summary>Where one route beats another, in order (RFC 4271 §9.1.2.2 unless said otherwise).</summary>
public enum DecisionStep
{
    /// <summary>There was nothing to compare with.</summary>
    OnlyPath,

    /// <summary>Long-lived stale routes are least preferred (RFC 9494 §4.3).</summary>
    LongLivedStale,
    LocalPref,
    AsPathLength,
    Origin,

    /// <summary>Among routes of the same neighbouring AS only (c).</summary>
    Med,

    /// <summary>External before internal (d).</summary>
    External,

    /// <summary>Cost to the next hop (e).</summary>
    NextHopCost,

    /// <summary>Lower identifier of the originator or neighbour (f, RFC 4456 §9).</summary>
    RouterId,

    /// <summary>Shorter CLUSTER_LIST (RFC 4456 §9).</summary>
    ClusterList,

    /// <summary>Lower address of the neighbour (g).</summary>
    PeerAddress,

    /// <summary>Lower path identifier: one neighbour's several paths (RFC 7911).</summary>
    PathId,
}
