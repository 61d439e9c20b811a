using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>Where a route leads: one of the cases below.</summary>
public abstract record WantedNextHop
{
    private WantedNextHop() { }

    /// <summary>A pod of this node.</summary>
    public sealed record Interface(int IfIndex, Mac Mac) : WantedNextHop;

    /// <summary>
    /// Another node or a gateway, by its underlay address. Without a wanted tunnel to that address the route drops as
    /// <c>no_route</c>.
    /// </summary>
    /// <param name="Label">Label or VNI that the far end assigned.</param>
    /// <param name="RouterMac">Inner destination for a gateway that asks for one (EVPN); our nodes ignore it.</param>
    public sealed record Tunnel(Address Remote, uint Label, Encap Encap = Encap.Vxlan, Mac? RouterMac = null)
        : WantedNextHop;

    /// <summary>A subnet: what has no host route in it is not there.</summary>
    public sealed record Connected : WantedNextHop;

    /// <summary>A service address in the VRF that owns it.</summary>
    public sealed record Service(ushort Vrf) : WantedNextHop;

    /// <summary>This node's own stack.</summary>
    public sealed record Host : WantedNextHop;

    /// <summary>The underlay.</summary>
    public sealed record Outside : WantedNextHop;

    public sealed record Drop(DropReason Reason) : WantedNextHop;
}
