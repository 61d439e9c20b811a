using System.ComponentModel;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("routetargetgrants", "rtg", ClusterScoped = true)]
[KubernetesEntity(
    Group = Names.Group,
    ApiVersion = Names.Version,
    Kind = nameof(RouteTargetGrant),
    PluralName = "routetargetgrants"
)]
[Column("Route targets", ".spec.routeTargets")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[Description(
    "Lets namespaces write route targets and VNIs into their virtual networks. An administrator's: a route target is a key to somebody's network."
)]
public sealed record RouteTargetGrant : Resource
{
    [Description("What is granted to whom.")]
    public required RouteTargetGrantSpec Spec { get; init; }

    [Description("Whether the grant is in force.")]
    public RouteTargetGrantStatus? Status { get; init; }
}

public sealed record RouteTargetGrantSpec
{
    [Description("The namespaces that may.")]
    [Limits(Open = true)]
    public V1LabelSelector? Namespaces { get; init; }

    [Description("Route targets: 64512:100, or a range of one administrator's numbers, 64512:100-199.")]
    [Limits(MaxItems = 256, MaxLength = 64)]
    public IReadOnlyList<string>? RouteTargets { get; init; }

    [Description("VNIs: 5001, or a range, 5001-5099.")]
    [Limits(MaxItems = 256, MaxLength = 17)]
    public IReadOnlyList<string>? Vnis { get; init; }
}

public sealed record RouteTargetGrantStatus
{
    [Description("Accepted: every range can be read. Ready: the same.")]
    [Limits(MapKeys = ["type"])]
    public IReadOnlyList<V1Condition>? Conditions { get; init; }
}
