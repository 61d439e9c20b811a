using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>A NetworkInterface in the model: the object, and what the last derivation made of it.</summary>
internal sealed class Attached(string uid)
{
    public string Uid => uid;

    public NetworkInterface? Object { get; set; }

    /// <summary>What its node is told, and which node; null while it is bound to none.</summary>
    public InterfaceEntry? Entry { get; set; }
    public NodeName Node { get; set; }

    /// <summary>What it contributes to its VRF.</summary>
    public string? Vrf { get; set; }
    public Path? Path { get; set; }
    public Sequence<Address> Addresses { get; set; }

    public Sequence<Prefix> Allowed { get; set; }

    /// <summary>Prefixes of static routes that lead to it, with the number of VRFs that have them.</summary>
    public Dictionary<Prefix, int> Transit { get; } = [];
}
