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

    public IReadOnlyList<IInformer> All => [Namespaces, Pods, Networks, Subnets, Interfaces, Blocks, Claims, Configs];

    public FabricConfigSpec Config => Configs.Find(null, "default")?.Spec ?? new FabricConfigSpec();

    public NetworkIntent.Surroundings Surroundings =>
        new(name => Subnets.Find(name.Namespace, name.Name), NamespaceLabels, ConfigIntent.SystemSubnets(Config));

    public IDictionary<string, string>? NamespaceLabels(string name) =>
        Namespaces.Find(null, name) is { } found ? found.Metadata.Labels ?? new Dictionary<string, string>() : null;

    public IEnumerable<NetworkInterface> InterfacesIn(ObjectName network)
    {
        var name = network.ToString();
        return Interfaces.Items.Where(item => item.Spec.Network == name);
    }
}
