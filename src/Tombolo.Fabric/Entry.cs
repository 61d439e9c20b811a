using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>What a node is told: one desired thing, named by its <see cref="Key"/>, compared by its content.</summary>
public abstract record Entry
{
    public abstract EntryKey Key { get; }
}

/// <summary>What an entry is called.</summary>
public enum EntryKind
{
    Settings,
    Vrf,
    Interface,
    Tunnel,
    Route,
}

/// <param name="Name">The VRF's name, the interface's uid, the tunnel's <c>cluster/node</c>; a route's VRF.</param>
/// <param name="Prefix">Of a route.</param>
public readonly record struct EntryKey(EntryKind Kind, string Name, Prefix Prefix = default) : IComparable<EntryKey>
{
    public int CompareTo(EntryKey other) =>
        Kind != other.Kind ? Kind.CompareTo(other.Kind)
        : string.CompareOrdinal(Name, other.Name) is var order and not 0 ? order
        : Prefix.CompareTo(other.Prefix);

    public static bool operator <(EntryKey left, EntryKey right) => left.CompareTo(right) < 0;

    public static bool operator >(EntryKey left, EntryKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(EntryKey left, EntryKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EntryKey left, EntryKey right) => left.CompareTo(right) >= 0;

    public override string ToString() => Kind == EntryKind.Route ? $"{Kind} {Name} {Prefix}" : $"{Kind} {Name}";
}

/// <summary>The system's settings that nodes act on.</summary>
/// <param name="Mtu">Of pods, octets; 0: from the underlay.</param>
public sealed record SettingsEntry(Sequence<Encapsulation> Encapsulations, int Mtu, int Cluster) : Entry
{
    public override EntryKey Key => new(EntryKind.Settings, "");
}

/// <summary>A VRF that the node's interfaces are in.</summary>
/// <param name="Name">ns/name of its network.</param>
/// <param name="Index">16 bits, unique in the system.</param>
/// <param name="DenyIntra">Its own pods do not reach one another.</param>
public sealed record VrfEntry(string Name, ushort Index, uint Vni, Sequence<VrfSubnet> Subnets, bool DenyIntra = false)
    : Entry
{
    public override EntryKey Key => new(EntryKind.Vrf, Name);
}

public readonly record struct VrfSubnet(Prefix Prefix, Address Gateway);

/// <summary>An interface that the node is to host.</summary>
/// <param name="Uid">Of its NetworkInterface.</param>
/// <param name="Allowed">What it may source beyond its addresses, and is sent to at.</param>
/// <param name="Transit">What static routes send through it: it is sent to at them, and sources none by that.</param>
public sealed record InterfaceEntry(
    string Uid,
    string PodUid,
    string Namespace,
    string Pod,
    string Name,
    string Vrf,
    Mac Mac,
    Sequence<Address> Addresses,
    Sequence<Address> SystemAddresses,
    Identity Identity,
    Sequence<Prefix> Allowed = default,
    Sequence<Prefix> Transit = default
) : Entry
{
    public override EntryKey Key => new(EntryKind.Interface, Uid);
}

/// <summary>The best paths to a prefix in a VRF; several only if they are equal.</summary>
/// <param name="Otherwise">Of a static route by way of an interface: the path for what that interface itself sends, to which the
/// route does not apply; null: it has none.</param>
public sealed record RouteEntry(string Vrf, Prefix Prefix, Sequence<Path> Paths, Path? Otherwise = null) : Entry
{
    public override EntryKey Key => new(EntryKind.Route, Vrf, Prefix);
}

/// <summary>Where the tunnels to a node end.</summary>
public sealed record TunnelEntry(
    NodeName Node,
    Sequence<Address> Addresses,
    Sequence<Encapsulation> Encapsulations,
    int Mtu
) : Entry
{
    public override EntryKey Key => new(EntryKind.Tunnel, Node.ToString());
}
