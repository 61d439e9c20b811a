using Tombolo.Values;

namespace Tombolo.Fabric;

/// <summary>What a path leads to.</summary>
public enum PathTarget : byte
{
    /// <summary>An interface on the path's node, by its label.</summary>
    Interface,

    /// <summary>A subnet of the VRF: neighbours in it are answered, an address without a host route is nobody's.</summary>
    Connected,

    /// <summary>Nowhere, on purpose.</summary>
    Drop,
}

/// <summary>One way to a prefix.</summary>
/// <param name="Node">Of an interface.</param>
/// <param name="Label">Assigned by that node.</param>
/// <param name="Up">False: bound but not attached. Refuses connections that open, passes replies.</param>
/// <param name="Preference">Higher wins.</param>
/// <param name="Own">Made in this VRF, not imported.</param>
/// <param name="InterfaceUid">Also the last tie-break, so that order of events never decides.</param>
public sealed record Path(
    PathTarget Target,
    NodeName Node,
    Label Label,
    Identity Identity,
    bool Up,
    uint Preference,
    bool Own,
    string InterfaceUid
)
{
    public const uint DefaultPreference = 100; // RFC 4271 §5.1.5 leaves it open; 100 is what every implementation takes

    /// <summary>A subnet of the VRF itself.</summary>
    public static readonly Path Connected = new(
        PathTarget.Connected,
        default,
        default,
        default,
        Up: true,
        DefaultPreference,
        Own: true,
        ""
    );

    /// <summary>
    /// Negative if this path is better than <paramref name="other"/>. A path that is up beats one that is not: a pod
    /// that is only bound never displaces one that answers. Then preference, then own before imported.
    /// </summary>
    public int CompareForBest(Path other) =>
        Up != other.Up ? (Up ? -1 : 1)
        : Preference != other.Preference ? other.Preference.CompareTo(Preference)
        : Own != other.Own ? (Own ? -1 : 1)
        : string.CompareOrdinal(InterfaceUid, other.InterfaceUid);
}
