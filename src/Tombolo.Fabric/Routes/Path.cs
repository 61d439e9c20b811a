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
/// <param name="Preference">Higher wins: one of <see cref="Preferences"/>.</param>
/// <param name="Own">To an interface of this VRF's own network: within it a packet's TTL is untouched.</param>
/// <param name="InterfaceUid">Also the last tie-break, so that order of events never decides.</param>
/// <param name="Reason">Of a drop.</param>
public sealed record Path(
    PathTarget Target,
    NodeName Node,
    Label Label,
    Identity Identity,
    bool Up,
    uint Preference,
    bool Own,
    string InterfaceUid,
    DropReason Reason = DropReason.None
)
{
    /// <summary>A subnet of the VRF itself.</summary>
    public static readonly Path Connected = new(
        PathTarget.Connected,
        default,
        default,
        default,
        Up: true,
        Preferences.Subnet,
        Own: true,
        ""
    );

    public static Path Drop(DropReason reason) =>
        new(PathTarget.Drop, default, default, default, Up: true, Preferences.Static, Own: false, "", reason);

    /// <summary>Do networks that import this one learn it? Its pods' routes only: joining is not transitive.</summary>
    public bool IsExported => Own && Target == PathTarget.Interface;

    /// <summary>The same path as another VRF has it.</summary>
    public Path Imported() =>
        this with
        {
            Own = false,
            Preference = Preference == Preferences.Address ? Preferences.ImportedAddress : Preferences.ImportedPrefix,
        };

    /// <summary>The same path as a static route has it: routed, so it costs a hop.</summary>
    public Path Routed() => this with { Own = false, Preference = Preferences.Static };

    /// <summary>
    /// Negative if this path is better than <paramref name="other"/>. Preference first: an address that was
    /// allocated beats what a pod or a spec supplies, and of like ones a network's own beats an imported one. Among like paths one that is up beats one
    /// that is not: a pod that is only bound never displaces one that answers.
    /// </summary>
    public int CompareForBest(Path other) =>
        Preference != other.Preference ? other.Preference.CompareTo(Preference)
        : Up != other.Up ? (Up ? -1 : 1)
        : string.CompareOrdinal(InterfaceUid, other.InterfaceUid);
}

/// <summary>Who wins at an equal prefix, from the last to the first.</summary>
public static class Preferences
{
    public const uint ImportedPrefix = 20;
    public const uint Subnet = 40;

    /// <summary>A prefix that a pod was allowed.</summary>
    public const uint Prefix = 60;
    public const uint Static = 80;

    /// <summary>Allocated to an interface of another network: it wins over whatever was not allocated.</summary>
    public const uint ImportedAddress = 90;

    /// <summary>Allocated to an interface of this network.</summary>
    public const uint Address = 100;
}
