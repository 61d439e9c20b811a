using System.ComponentModel;
using System.Text.Json.Serialization;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("virtualnetworks", "vn")]
[KubernetesEntity(
    Group = Names.Group,
    ApiVersion = Names.Version,
    Kind = nameof(VirtualNetwork),
    PluralName = "virtualnetworks"
)]
[Column("VNI", ".status.vni", "integer")]
[Column("Pods", ".status.pods", "integer")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Reason", ".status.conditions[?(@.type==\"Ready\")].reason")]
[Column("VRF", ".status.vrfIndex", "integer", Priority = 1)]
[Description(
    "A virtual network: a VRF with addresses of its own, which may overlap with others'. Its pods reach one another and nothing that no route joins."
)]
public sealed record VirtualNetwork : Resource
{
    [Description("What the network is to be.")]
    public VirtualNetworkSpec Spec { get; init; } = new();

    [Description("What the network is.")]
    public VirtualNetworkStatus? Status { get; init; }
}

[Rule(
    "!has(oldSelf.vni) || (has(self.vni) && self.vni == oldSelf.vni)",
    "vni is immutable once set: make another network and move the pods"
)]
[Rule(
    "!has(oldSelf.forwarding) || (has(self.forwarding) && self.forwarding == oldSelf.forwarding)",
    "forwarding is immutable"
)]
[Rule(
    "!has(oldSelf.packetMode) || (has(self.packetMode) && self.packetMode == oldSelf.packetMode)",
    "packetMode is immutable"
)]
public sealed record VirtualNetworkSpec
{
    [Description(
        "Subnets that its pods' addresses are drawn from, one address a family: the first with room. A network without subnets is legal and has no pods."
    )]
    [Limits(MaxItems = 64)]
    public IReadOnlyList<Reference>? Subnets { get; init; }

    [Description(
        "VXLAN network identifier, 24 bits, unique in the system. Writing it needs a grant; else one is allocated."
    )]
    [Limits(Minimum = 1, Maximum = 16777215)]
    public int? Vni { get; init; }

    [Description("overlay: pod packets are encapsulated between nodes. underlay: pod addresses are routed natively.")]
    [Limits(Default = "\"overlay\"")]
    public Forwarding? Forwarding { get; init; }

    [Description("Whether its pods may reach the outside behind their node's address.")]
    public bool? SourceNat { get; init; }

    [Description("allow: pods of the network reach one another. deny: a baseline deny on ingress that policies open.")]
    [Limits(Default = "\"allow\"")]
    public IntraNetwork? IntraNetwork { get; init; }

    [Description("Which other namespaces may attach pods.")]
    public Consumers? Consumers { get; init; }

    [Description("Prefixes beyond its subnets that its pods may source or announce.")]
    [Limits(MaxItems = 256, MaxLength = 43)]
    public IReadOnlyList<string>? AllowedPrefixes { get; init; }

    [Description("Static routes.")]
    [Limits(MaxItems = 256)]
    public IReadOnlyList<StaticRoute>? Routes { get; init; }

    [Description("Route targets by hand. Writing them needs a grant.")]
    public RouteTargets? RouteTargets { get; init; }

    [Description("Services of the system that its pods reach: dns, kubernetes. Default: both; an empty list for none.")]
    [Limits(MaxItems = 8)]
    public IReadOnlyList<string>? SystemServices { get; init; }

    [Description("Stateless forwarding: faster, and without stateful policy.")]
    public bool? PacketMode { get; init; }
}

public enum Forwarding
{
    [JsonStringEnumMemberName("overlay")]
    Overlay,

    [JsonStringEnumMemberName("underlay")]
    Underlay,
}

public enum IntraNetwork
{
    [JsonStringEnumMemberName("allow")]
    Allow,

    [JsonStringEnumMemberName("deny")]
    Deny,
}

public sealed record StaticRoute
{
    [Description("Destination, in CIDR notation.")]
    [Limits(MaxLength = 43)]
    public required string Prefix { get; init; }

    [Description("Where packets to it go.")]
    public NextHop? Via { get; init; }

    [Description("Packets to it are dropped.")]
    public bool? Drop { get; init; }
}

public sealed record NextHop
{
    [Description(
        "A pod that is in the network, by name or namespace/name. Does not apply to what that pod itself sends."
    )]
    public string? Pod { get; init; }

    [Description("An address in the network.")]
    public string? Address { get; init; }
}

public sealed record RouteTargets
{
    [Description("asn:number or address:number; routes that carry one are imported.")]
    public IReadOnlyList<string>? Import { get; init; }

    [Description("asn:number or address:number; put on the network's routes.")]
    public IReadOnlyList<string>? Export { get; init; }
}

public sealed record VirtualNetworkStatus
{
    [Description("VXLAN network identifier in use.")]
    public int? Vni { get; init; }

    [Description("Index of the VRF, 16 bits, unique in the system.")]
    public int? VrfIndex { get; init; }

    [Description("Interfaces in the network.")]
    public int? Pods { get; init; }

    [Description("Addresses of its subnets.")]
    public AddressCount? Addresses { get; init; }

    [Description(
        "Pods of an isolated namespace that were made in another network: they move when they are restarted. The first 100."
    )]
    [Limits(MaxItems = 100)]
    public IReadOnlyList<string>? Restart { get; init; }

    [Description("Accepted: the spec can be honoured. Programmed: the nodes that host it hold it. Ready: both.")]
    [Limits(MapKeys = ["type"])]
    public IReadOnlyList<V1Condition>? Conditions { get; init; }
}

public sealed record AddressCount
{
    [Description("Addresses held.")]
    public long Used { get; init; }

    [Description("Addresses that can still be taken; saturates at 2^53.")]
    public long Free { get; init; }
}
