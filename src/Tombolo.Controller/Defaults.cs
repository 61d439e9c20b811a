using k8s;
using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.Controller;

/// <summary>What is there from the first start on: the namespace, the settings, the default networks and their subnets.</summary>
internal static class Defaults
{
    /// <summary>The Subnet objects of a default network: <c>default-v4</c>, <c>default-v6</c>, then by number.</summary>
    public static IEnumerable<(ObjectName Name, Prefix Cidr)> SubnetsOf(ObjectName network, IReadOnlyList<string> cidrs)
    {
        var seen = new Dictionary<AddressFamily, int>();
        foreach (var text in cidrs)
        {
            if (!Prefix.TryParse(text, out var cidr))
            {
                continue;
            }
            var count = seen[cidr.Family] = seen.GetValueOrDefault(cidr.Family) + 1;
            var family = cidr.Address.IsIPv4 ? "v4" : "v6";
            yield return (
                new ObjectName(network.Namespace, $"{network.Name}-{family}{(count == 1 ? "" : $"-{count}")}"),
                cidr
            );
        }
    }

    /// <summary>Makes what is missing; what is there stays as it is.</summary>
    public static async Task EnsureAsync(KubeApi api, CancellationToken cancel)
    {
        await EnsureAsync(
            api,
            new V1Namespace
            {
                ApiVersion = "v1",
                Kind = "Namespace",
                Metadata = new() { Name = Names.SystemNamespace },
            },
            cancel
        );
        var config =
            await api.FindAsync<FabricConfig>(null, "default", cancel)
            ?? await EnsureAsync(api, new FabricConfig { Metadata = new() { Name = "default" } }, cancel);
        var networks = new (ObjectName Name, IReadOnlyList<string> Cidrs)[]
        {
            (Names.DefaultNetwork, config.Spec.PodNetwork),
            (Names.ServicesNetwork, config.Spec.ServiceNetwork),
            (Names.SystemNetwork, config.Spec.SystemSubnets),
            (Names.UnderlayNetwork, []),
        };
        foreach (var (name, cidrs) in networks)
        {
            var subnets = SubnetsOf(name, cidrs).ToList();
            foreach (var (subnet, cidr) in subnets)
            {
                await EnsureAsync(
                    api,
                    new Subnet
                    {
                        Metadata = Meta(subnet),
                        Spec = new SubnetSpec { Cidr = cidr.ToString(), Consumers = ConsumersOf(name) },
                    },
                    cancel
                );
            }
            await EnsureAsync(
                api,
                new VirtualNetwork
                {
                    Metadata = Meta(name),
                    Spec = new VirtualNetworkSpec
                    {
                        Subnets = [.. subnets.Select(subnet => new Reference { Name = subnet.Name.Name })],
                    },
                },
                cancel
            );
        }
    }

    // Isolated namespaces' networks draw from the subnets of the default ones; nothing but interfaces does from the system's.
    private static Consumers? ConsumersOf(ObjectName network) =>
        network == Names.SystemNetwork ? null : new Consumers { Namespaces = new V1LabelSelector() };

    private static V1ObjectMeta Meta(ObjectName name) => new() { Name = name.Name, NamespaceProperty = name.Namespace };

    private static async Task<T> EnsureAsync<T>(KubeApi api, T wanted, CancellationToken cancel)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var found = await api.FindAsync<T>(wanted.Metadata.NamespaceProperty, wanted.Metadata.Name, cancel);
        if (found is not null)
        {
            return found;
        }
        try
        {
            return await api.CreateAsync(wanted, cancel);
        }
        catch (KubeException refused) when (refused.AlreadyExists)
        {
            return await api.GetAsync<T>(wanted.Metadata.NamespaceProperty, wanted.Metadata.Name, cancel);
        }
    }
}
