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

    /// <summary>Nodes that need the VRF, with the number of its interfaces on each.</summary>
    public Dictionary<NodeName, int> Subscribers { get; } = [];
}
