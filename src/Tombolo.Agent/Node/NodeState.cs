using Tombolo.Stream;
using Tombolo.Values;
using Encapsulation = Tombolo.Stream.Encapsulation;

namespace Tombolo.Agent.Node;

/// <summary>The primary's entries by kind, and what the node's own underlay adds to them: what the datapath is derived from.</summary>
internal sealed class NodeState
{
    // Inner Ethernet 14, VXLAN 8, UDP 8, outer IPv4 20; label 4, UDP 8, IPv4 20 (RFC 7348 §5, RFC 7510 §3).
    private const int VxlanOverhead = 50;
    private const int MplsOverhead = 32;

    /// <summary>What our programs take in, whatever is enabled: so that a sender may change at any time.</summary>
    public static readonly Encapsulation[] Received = [Encapsulation.Vxlan, Encapsulation.MplsInUdp];

    private static readonly Encapsulation[] Default = [Encapsulation.Vxlan];

    public Settings Settings { get; }

    public Dictionary<string, Vrf> Vrfs { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Interface> Interfaces { get; } = new(StringComparer.Ordinal);

    public List<Route> Routes { get; } = [];

    public Dictionary<NodeName, Tunnel> Tunnels { get; } = [];

    public NodeState(IEnumerable<Entry> entries)
    {
        Settings = new Settings();
        foreach (var entry in entries)
        {
            switch (entry.OfCase)
            {
                case Entry.OfOneofCase.Settings:
                    Settings = entry.Settings;
                    break;
                case Entry.OfOneofCase.Vrf:
                    Vrfs[entry.Vrf.Name] = entry.Vrf;
                    break;
                case Entry.OfOneofCase.Interface:
                    Interfaces[entry.Interface.Uid] = entry.Interface;
                    break;
                case Entry.OfOneofCase.Route:
                    Routes.Add(entry.Route);
                    break;
                case Entry.OfOneofCase.Tunnel:
                    Tunnels[new NodeName((int)entry.Tunnel.Cluster, entry.Tunnel.Node)] = entry.Tunnel;
                    break;
            }
        }
    }

    /// <summary>MTU of pods: what FabricConfig says, else the underlay's less the largest enabled encapsulation.</summary>
    public int PodMtu(int underlayMtu)
    {
        if (Settings.Mtu > 0)
        {
            return (int)Settings.Mtu;
        }
        return underlayMtu - Enabled.Max(one => one == Encapsulation.Vxlan ? VxlanOverhead : MplsOverhead);
    }

    /// <summary>
    /// How to send to a far end: the first enabled encapsulation that both ends know. Null: they have none in common. A far
    /// end that says nothing is of a version that knew VXLAN only.
    /// </summary>
    public Encapsulation? To(IReadOnlyCollection<Encapsulation> far) =>
        Enabled
            .Where(one => Received.Contains(one) && (far.Count == 0 ? Default : far).Contains(one))
            .Cast<Encapsulation?>()
            .FirstOrDefault();

    private IReadOnlyCollection<Encapsulation> Enabled =>
        Settings.Encapsulations.Count == 0 ? Default : Settings.Encapsulations;
}
