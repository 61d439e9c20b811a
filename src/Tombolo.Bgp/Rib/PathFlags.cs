namespace Tombolo.Bgp.Rib;

[Flags]
public enum PathFlags : ushort
{
    None = 0,

    /// <summary>Kept over the neighbour's restart or a refresh, until it is heard again (RFC 4724, RFC 7313).</summary>
    Stale = 1,

    /// <summary>Import policy said no.</summary>
    Rejected = 2,

    /// <summary>Our own AS, router id or cluster is in it.</summary>
    Looped = 4,

    /// <summary>As good as the best up to and including the cost to the next hop.</summary>
    Multipath = 8,

    /// <summary>Out of the running in the selection at hand.</summary>
    Out = 16,

    /// <summary>The next hop cannot be reached.</summary>
    Unreachable = 32,

    Ineligible = Rejected | Looped | Unreachable,
}
