using System.ComponentModel;
using System.Text.Json.Serialization;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("virtualnetworkrouters", "vnr")]
[KubernetesEntity(
    Group = Names.Group,
    ApiVersion = Names.Version,
    Kind = nameof(VirtualNetworkRouter),
    PluralName = "virtualnetworkrouters"
)]
[Column("Type", ".spec.type")]
[Column("Networks", ".status.networks", "integer")]
[Column("Peers", ".status.peers")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Reason", ".status.conditions[?(@.type==\"Ready\")].reason")]
[Description(
    "Joins virtual networks: those that it selects, and those of routers that it imports and that import it. Joining is not transitive."
)]
public sealed record VirtualNetworkRouter : Resource
{
    [Description("What is to be joined.")]
    public required VirtualNetworkRouterSpec Spec { get; init; }

    [Description("What is joined.")]
    public VirtualNetworkRouterStatus? Status { get; init; }
}

public sealed record VirtualNetworkRouterSpec
{
    [Description(
        "mesh: its networks reach one another. hub, spoke: none of its networks reach one another. Two routers that import each other join the networks of the one with those of the other, but never hub with hub nor spoke with spoke."
    )]
    [Limits(Default = "\"mesh\"")]
    public RouterType Type { get; init; }

    [Description("Selects virtual networks of its own namespace by their labels; an empty one selects all.")]
    [Limits(Open = true)]
    public V1LabelSelector? Selector { get; init; }

    [Description(
        "Routers whose networks these networks learn, by name or by labels. A join needs both to import each other."
    )]
    [Limits(MaxItems = 64)]
    public IReadOnlyList<RouterImport>? Import { get; init; }
}

public enum RouterType
{
    [JsonStringEnumMemberName("mesh")]
    Mesh,

    [JsonStringEnumMemberName("hub")]
    Hub,

    [JsonStringEnumMemberName("spoke")]
    Spoke,
}

[Rule("has(self.name) != has(self.selector)", "name one router, or select some by their labels")]
[Rule("!has(self.namespaceSelector) || has(self.selector)", "namespaceSelector goes with selector")]
[Rule("!has(self.namespace) || has(self.name)", "namespace goes with name")]
public sealed record RouterImport
{
    [Description("Name of the router.")]
    public string? Name { get; init; }

    [Description("Namespace of the router named; by default this one's.")]
    public string? Namespace { get; init; }

    [Description("Selects routers by their labels.")]
    [Limits(Open = true)]
    public V1LabelSelector? Selector { get; init; }

    [Description("Where to select: in namespaces with these labels; by default in this one's only.")]
    [Limits(Open = true)]
    public V1LabelSelector? NamespaceSelector { get; init; }
}

public sealed record VirtualNetworkRouterStatus
{
    [Description("How many networks are joined.")]
    public int? Networks { get; init; }

    [Description(
        "Networks that were let in, by name. Decided once, when no address of theirs collides with one of the networks that are in already."
    )]
    public IReadOnlyList<string>? Joined { get; init; }

    [Description("Routers that import each other with this one, as namespace/name.")]
    public IReadOnlyList<string>? Peers { get; init; }

    [Description("Networks that are not let in, each with the network and address that stand in its way.")]
    [Limits(MaxItems = 64)]
    public IReadOnlyList<Collision>? Collisions { get; init; }

    [Description(
        "Accepted: the spec can be honoured and no import is without its answer. Collision: addresses in use collide. Ready: joins are in force."
    )]
    [Limits(MapKeys = ["type"])]
    public IReadOnlyList<V1Condition>? Conditions { get; init; }
}

public sealed record Collision
{
    [Description("The network, as namespace/name.")]
    public required string Network { get; init; }

    [Description("The network that has the same address, as namespace/name.")]
    public required string With { get; init; }

    [Description("One address that both use.")]
    public required string Address { get; init; }
}
