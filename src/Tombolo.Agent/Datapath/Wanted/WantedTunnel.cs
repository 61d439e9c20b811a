using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>A far end of the overlay: we send to it, and accept what it sends.</summary>
/// <param name="IfIndex">The underlay's device.</param>
/// <param name="PathMtu">For the outer IP packet.</param>
/// <param name="PeerGroup">Whose labels it may use: <see cref="LabelSpace.Nodes"/> for our own nodes.</param>
public sealed record WantedTunnel(
    Address Remote,
    Address Local,
    int IfIndex,
    ushort PathMtu,
    LabelSpace PeerGroup = LabelSpace.Nodes,
    Encap Encap = Encap.Vxlan
);
