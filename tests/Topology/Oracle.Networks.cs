using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Values;

namespace Tombolo.Tests.Topology;

/// <summary>Which networks there are, and which pod is in which.</summary>
internal static partial class Oracle
{
    private const string IsolatedLabel = Names.Group + "/isolated";
    private const string AllowedAddresses = Names.Group + "/allowed-addresses";

    /// <summary>The pod's primary network as <c>ns/vn</c>, or null if the pod waits.</summary>
    public static string? NetworkOf(Topology topology, V1Pod pod)
    {
        if (Asked(topology, pod) is not { } name || Network(topology, name.ToString()) is not { } network)
        {
            return null;
        }
        var subnets = SubnetsOf(topology, network);
        var within = subnets.Concat((network.Spec.AllowedPrefixes ?? []).Select(Prefix.Parse)).ToList();
        var mayUse =
            name == Names.DefaultNetwork
            || IsOpenTo(topology, network.Spec.Consumers, name.Namespace, pod.Metadata.NamespaceProperty);
        // A network without subnets is legal and has no pods: there is no address for one.
        return
            mayUse
            && subnets.Count > 0
            && AllowedOf(pod) is { } allowed
            && allowed.All(prefix => within.Any(outer => outer.Contains(prefix)))
            ? name.ToString()
            : null;
    }

    /// <summary>Has the namespace networks of its own, made for it?</summary>
    public static bool IsIsolated(Topology topology, string name)
    {
        var its = topology.Namespaces.FirstOrDefault(one => one.Metadata.Name == name);
        var labels = its?.Metadata.Labels;
        var byDefault = topology.Config.Spec.IsolateNamespaces;
        return labels?.TryGetValue(IsolatedLabel, out var label) == true && label == "true"
            || byDefault?.Enabled == true
                && !Selectors.Matches(byDefault.Exceptions, labels)
                && name != Names.SystemNamespace;
    }

    /// <summary>Can the spec of the network be honoured? Else there is no VRF.</summary>
    public static bool IsAccepted(Topology topology, VirtualNetwork network)
    {
        var home = network.Metadata.NamespaceProperty;
        var spec = network.Spec;
        var subnets = SubnetsOf(topology, network);
        if (subnets.Count < (spec.Subnets?.Count ?? 0))
        {
            return false; // one is missing, not offered or malformed
        }
        for (var i = 0; i < subnets.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (subnets[i].Overlaps(subnets[j]))
                {
                    return false;
                }
            }
        }
        var targets = (spec.RouteTargets?.Import ?? []).Concat(spec.RouteTargets?.Export ?? []);
        return (spec.AllowedPrefixes ?? []).All(prefix => Prefix.TryParse(prefix, out _))
            && (spec.Routes ?? []).All(IsReadable)
            && targets.All(target => Grants(topology, home).Any(grant => CoversTarget(grant, target)))
            && (spec.Vni is not { } vni || Grants(topology, home).Any(grant => CoversVni(grant, vni)));
    }

    // Null if there is none, or none with a VRF.
    private static VirtualNetwork? Network(Topology topology, string name) =>
        topology.Networks.FirstOrDefault(one => one.ObjectName().ToString() == name && IsAccepted(topology, one));

    // The nearest says: pod, namespace, isolated namespace, cluster. One that says nonsense is not passed over.
    private static ObjectName? Asked(Topology topology, V1Pod pod)
    {
        var home = pod.Metadata.NamespaceProperty;
        var its = topology.Namespaces.FirstOrDefault(one => one.Metadata.Name == home);
        foreach (var annotations in new[] { pod.Metadata.Annotations, its?.Metadata.Annotations })
        {
            if (annotations?.TryGetValue(Names.Network, out var text) == true)
            {
                return ObjectName.TryParse(text, home, out var name) ? name : null;
            }
        }
        return IsIsolated(topology, home) ? new ObjectName(home, $"{home}-pods") : Names.DefaultNetwork;
    }

    // The object's own namespace always may.
    private static bool IsOpenTo(Topology topology, Consumers? consumers, string owner, string consumer) =>
        owner == consumer || Selectors.Matches(consumers?.Namespaces, LabelsOf(topology, consumer));

    private static IDictionary<string, string>? LabelsOf(Topology topology, string name) =>
        topology.Namespaces.FirstOrDefault(one => one.Metadata.Name == name)?.Metadata.Labels;

    // The prefixes of those of its subnets that are there, offered and well-formed.
    private static List<Prefix> SubnetsOf(Topology topology, VirtualNetwork network)
    {
        var home = network.Metadata.NamespaceProperty;
        var prefixes = new List<Prefix>();
        foreach (var name in (network.Spec.Subnets ?? []).Select(reference => reference.In(home)))
        {
            var subnet = topology.Subnets.FirstOrDefault(one => one.ObjectName() == name);
            if (
                subnet is not null
                && IsOpenTo(topology, subnet.Spec.Consumers, name.Namespace, home)
                && Prefix.TryParse(subnet.Spec.Cidr, out var prefix)
            )
            {
                prefixes.Add(prefix);
            }
        }
        return prefixes;
    }

    // What the pod may source beyond its addresses; null if that cannot be read.
    private static List<Prefix>? AllowedOf(V1Pod pod)
    {
        var prefixes = new List<Prefix>();
        if (pod.Metadata.Annotations?.TryGetValue(AllowedAddresses, out var text) != true)
        {
            return prefixes;
        }
        foreach (var part in text!.Split(',').Select(part => part.Trim()))
        {
            if (Prefix.TryParse(part, out var prefix))
            {
                prefixes.Add(prefix);
            }
            else if (Address.TryParse(part, out var address))
            {
                prefixes.Add(Prefix.Host(address));
            }
            else
            {
                return null;
            }
        }
        return prefixes;
    }

    private static bool IsReadable(StaticRoute route)
    {
        var said = new[] { route.Drop == true, route.Via?.Pod is not null, route.Via?.Address is not null };
        return Prefix.TryParse(route.Prefix, out _)
            && said.Count(one => one) == 1
            && (route.Via?.Address is not { } via || Address.TryParse(via, out _));
    }
}
