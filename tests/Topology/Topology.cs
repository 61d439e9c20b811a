using k8s.Models;
using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>What users and the controller wrote, and nothing that is computed from it: enough to say who reaches whom.</summary>
public sealed record Topology
{
    public IReadOnlyList<V1Namespace> Namespaces { get; init; } = [];

    public IReadOnlyList<VirtualNetwork> Networks { get; init; } = [];

    public IReadOnlyList<Subnet> Subnets { get; init; } = [];

    public IReadOnlyList<VirtualNetworkRouter> Routers { get; init; } = [];

    public IReadOnlyList<RouteTargetGrant> Grants { get; init; } = [];

    /// <summary>Pods with annotations, uid and node.</summary>
    public IReadOnlyList<V1Pod> Pods { get; init; } = [];

    public FabricConfig Config { get; init; } = new();

    /// <summary><c>ns/pod</c> → its addresses as allocated, one a family; a pod that waits has no row.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Addresses { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();
}
