using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>A VRF in the model: what it is, its routes, the interfaces in it, the nodes that host them.</summary>
internal sealed class Vrf(string name)
{
    public LocRib Rib { get; } = new(name);

    /// <summary>Null: not accepted yet, or deleted; then it has no routes and its interfaces are told to nobody.</summary>
    public VrfEntry? Entry { get; set; }

    /// <summary>Uids of the NetworkInterfaces that name it.</summary>
    public HashSet<string> Interfaces { get; } = new(StringComparer.Ordinal);

    /// <summary>What its own interfaces contribute, by prefix and interface: what importers learn.</summary>
    public Dictionary<(Prefix Prefix, string Source), Path> Exports { get; } = [];

    /// <summary>VRFs that it learns from, and that learn from it.</summary>
    public HashSet<string> Imports { get; } = new(StringComparer.Ordinal);
    public HashSet<string> Importers { get; } = new(StringComparer.Ordinal);

    /// <summary>Static routes, in the order of the spec.</summary>
    public Sequence<StaticIntent> Statics { get; set; } = [];

    /// <summary>Prefixes that its table has static routes for.</summary>
    public HashSet<Prefix> Led { get; } = [];

    /// <summary>Prefixes that static routes lead to an interface, by its uid.</summary>
    public Dictionary<Prefix, string> Transit { get; } = [];

    /// <summary>Nothing names it and it names nothing.</summary>
    public bool IsUnused =>
        Entry is null && Interfaces.Count == 0 && Rib.Routes.Count == 0 && Imports.Count == 0 && Importers.Count == 0;

    /// <summary>Nodes that need the VRF, with the number of its interfaces on each.</summary>
    public Dictionary<NodeName, int> Subscribers { get; } = [];
}
