using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric;
using Tombolo.Values;
using Model = Tombolo.Fabric.Fabric;

namespace Tombolo.Tests.FabricModel;

/// <summary>A small cluster's objects, by which tests speak to the model.</summary>
internal static class Cluster
{
    public static VirtualNetwork Network(string name, int index, params string[] subnets)
    {
        var full = ObjectName.Parse(name);
        return new VirtualNetwork
        {
            Metadata = Meta(full),
            Spec = new VirtualNetworkSpec { Subnets = [.. subnets.Select(subnet => new Reference { Name = subnet })] },
            Status = index == 0 ? null : new VirtualNetworkStatus { VrfIndex = index, Vni = 4096 + index },
        };
    }

    public static Subnet Subnet(string name, string cidr) =>
        new()
        {
            Metadata = Meta(ObjectName.Parse(name)),
            Spec = new SubnetSpec { Cidr = cidr },
        };

    public static NetworkInterface Interface(string pod, string network, params string[] addresses)
    {
        var full = ObjectName.Parse(pod);
        return new NetworkInterface
        {
            Metadata = Meta(new ObjectName(full.Namespace, full.Name + "-eth0")),
            Spec = new NetworkInterfaceSpec
            {
                Pod = new PodReference { Name = full.Name, Uid = $"pod {pod}" },
                Interface = "eth0",
                Network = network,
                Addresses = addresses,
                Mac = "02:00:00:00:00:01",
            },
        };
    }

    public static string UidOf(NetworkInterface networkInterface) => networkInterface.Metadata.Uid;

    public static NodeName Node(string name) => new(1, name);

    public static NodeFacts Facts(string underlay, bool alive = true) =>
        new([Address.Parse(underlay)], [Encapsulation.Vxlan], 1500, alive);

    public static void Bind(this Model fabric, string pod, string? node, bool ended = false) =>
        fabric.Put(ObjectName.Parse(pod), new PodFacts($"pod {pod}", node, ended));

    private static V1ObjectMeta Meta(ObjectName name) =>
        new()
        {
            Name = name.Name,
            NamespaceProperty = name.Namespace,
            Uid = $"uid {name}",
        };
}
