using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>A network interface as the kernel tells it.</summary>
/// <param name="Index">Unique in its namespace.</param>
/// <param name="Kind"><c>veth</c>, <c>bridge</c> …; empty for loopback and hardware.</param>
/// <param name="IsUp">Administratively up (IFF_UP).</param>
/// <param name="HasCarrier">Able to pass packets (IFF_LOWER_UP): for a veth, its peer is up too.</param>
/// <param name="Peer">Index of a veth's other end, in that end's namespace; 0 if none.</param>
/// <param name="Group">The link's group, 0 by default.</param>
/// <param name="Alias">Free text (<c>ifalias</c>); empty if none.</param>
public readonly record struct Link(
    int Index,
    string Name,
    string Kind,
    Mac Mac,
    int Mtu,
    bool IsUp,
    bool HasCarrier,
    int Peer,
    uint Group,
    string Alias
);
