using k8s.Models;
using Microsoft.Extensions.Logging;
using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Kube;
using Tombolo.Values;

namespace Tombolo.Controller;

/// <summary>The collections that the controller mirrors, and what its reconcilers ask of them.</summary>
internal sealed class Watched(KubeApi api, ILogger log)
{
    public Informer<V1Namespace> Namespaces { get; } = new(api, log);
    public Informer<V1Pod> Pods { get; } = new(api, log);
    public Informer<VirtualNetwork> Networks { get; } = new(api, log);
    public Informer<Subnet> Subnets { get; } = new(api, log);
    public Informer<NetworkInterface> Interfaces { get; } = new(api, log);
    public Informer<AddressBlock> Blocks { get; } = new(api, log);
    public Informer<Claim> Claims { get; } = new(api, log);
    public Informer<FabricConfig> Configs { get; } = new(api, log);
    public Informer<VirtualNetworkRouter> Routers { get; } = new(api, log);
    public Informer<RouteTargetGrant> Grants { get; } = new(api, log);

    public IReadOnlyList<IInformer> All =>
        [Namespaces, Pods, Networks, Subnets, Interfaces, Blocks, Claims, Configs, Routers, Grants];

    public FabricConfigSpec Config => Configs.Find(null, "default")?.Spec ?? new FabricConfigSpec();

    public NetworkIntent.Surroundings Surroundings =>
        new(name => Subnets.Find(name.Namespace, name.Name), NamespaceLabels, ConfigIntent.SystemSubnets(Config))
        {
            Grants = [.. Grants.Items],
        };

    public IDictionary<string, string>? NamespaceLabels(string name) =>
        Namespaces.Find(null, name) is { } found ? found.Metadata.Labels ?? new Dictionary<string, string>() : null;

    public IEnumerable<NetworkInterface> InterfacesIn(ObjectName network)
    {
        var name = network.ToString();
        return Interfaces.Items.Where(item => item.Spec.Network == name);
    }

    public static IEnumerable<Address> AddressesOf(IEnumerable<NetworkInterface> interfaces) =>
        interfaces
            .SelectMany(item => item.Spec.Addresses)
            .Select(text => Address.TryParse(text, out var address) ? address : default)
            .Where(address => address.Family != AddressFamily.None);

    /// <summary>Addresses in use in the networks that routers join with this one.</summary>
    public IReadOnlySet<Address> InUseAround(ObjectName network)
    {
        var joined = RouterIntent.JoinedWith(network, Routers.Items).Select(name => name.ToString()).ToHashSet();
        return joined.Count == 0
            ? new HashSet<Address>()
            : AddressesOf(Interfaces.Items.Where(item => joined.Contains(item.Spec.Network))).ToHashSet();
    }

    /// <summary>Pods of a namespace, by name, whose interface is in another network than they would be in if they were made now.</summary>
    public IReadOnlyList<string> ElsewhereThanMeant(V1Namespace space)
    {
        var name = space.Metadata.Name;
        return
        [
            .. Interfaces
                .Items.Where(item => item.Metadata.NamespaceProperty == name)
                .Where(item =>
                    Pods.Find(name, item.Spec.Pod.Name) is { Metadata.DeletionTimestamp: null } pod
                    && pod.Metadata.Uid == item.Spec.Pod.Uid
                    && Attachment.Of(pod, space, Config, out var meant).IsAccepted
                    && meant!.Network.ToString() != item.Spec.Network
                )
                .Select(item => item.Spec.Pod.Name)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }
}
