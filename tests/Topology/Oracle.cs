using k8s.Models;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Tests.Topology;

/// <summary>
/// Who reaches whom, by the sentences of the design and in no other way: quadratic, without an index, by a hand that has
/// not seen how the product does it. Where the two differ, one of them is wrong, or a sentence is.
/// </summary>
internal static partial class Oracle
{
    /// <summary>What <see cref="Leads"/> says of a packet that a static route drops.</summary>
    public const string Dropped = "dropped";

    /// <summary>What <see cref="Leads"/> says of a packet that no route leads to a pod.</summary>
    public const string Nobody = "nobody";

    /// <summary>Which pod would get an answer from which pod, at which of its addresses. Pods are <c>ns/name</c>.</summary>
    public static SortedSet<(string From, string To, string Address)> Reaches(Topology topology)
    {
        var reaches = new SortedSet<(string From, string To, string Address)>();
        var placed = Place(topology);
        var joins = Joins(topology);
        var tables = placed
            .Select(pod => pod.Network)
            .Distinct()
            .ToDictionary(network => network, network => Table(topology, placed, joins, network));
        foreach (var from in placed)
        {
            foreach (var to in placed.Where(other => other.Name != from.Name))
            {
                foreach (var address in to.Addresses)
                {
                    // The answer goes to the sender's address of the same family; it has at most one.
                    var source = from.Addresses.Where(own => own.Family == address.Family).ToList();
                    if (
                        source.Count > 0
                        && Leads(tables[from.Network], from.Name, address) == to.Name
                        && Leads(tables[to.Network], to.Name, source[0]) == from.Name
                        && !IsDenied(topology, from.Network, to.Network)
                    )
                    {
                        reaches.Add((from.Name, to.Name, address.ToString()));
                    }
                }
            }
        }
        return reaches;
    }

    /// <summary>Where what <paramref name="from"/> sends to <paramref name="address"/> goes: <c>ns/pod</c>,
    /// <see cref="Dropped"/> or <see cref="Nobody"/>. Says more of static routes and allowed addresses than reach does.</summary>
    public static string Leads(Topology topology, V1Pod from, string address)
    {
        var placed = Place(topology);
        var sender = placed.FirstOrDefault(pod => pod.Name == NameOf(from));
        return sender is null
            ? Nobody
            : Leads(Table(topology, placed, Joins(topology), sender.Network), sender.Name, Address.Parse(address));
    }

    // A baseline deny between a network's own pods; others are not its business.
    private static bool IsDenied(Topology topology, string from, string to) =>
        from == to && Network(topology, to)!.Spec.IntraNetwork == IntraNetwork.Deny;

    /// <summary>A pod that has a network.</summary>
    private sealed record Placed(
        string Name,
        string Network,
        IReadOnlyList<Address> Addresses,
        IReadOnlyList<Prefix> Allowed
    );

    private static List<Placed> Place(Topology topology)
    {
        var placed = new List<Placed>();
        foreach (var pod in topology.Pods)
        {
            if (NetworkOf(topology, pod) is { } network)
            {
                var addresses = topology.Addresses.TryGetValue(NameOf(pod), out var held) ? held : [];
                placed.Add(new(NameOf(pod), network, [.. addresses.Select(Address.Parse)], AllowedOf(pod)!));
            }
        }
        return placed;
    }

    private static string NameOf(V1Pod pod) => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
}
