using System.ComponentModel;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("claims", "claim", ClusterScoped = true)]
[KubernetesEntity(Group = Names.Group, ApiVersion = Names.Version, Kind = nameof(Claim), PluralName = "claims")]
[Column("Holder", ".spec.holder")]
[Column("Released", ".spec.released", "date")]
[Description(
    "A number held by an object. The name is the value (vni-5001, vrf-17), so that creating it is the mutual exclusion. Internal."
)]
public sealed record Claim : Resource
{
    public required ClaimSpec Spec { get; init; }
}

public sealed record ClaimSpec
{
    [Description("Who holds it, as kind/namespace/name.")]
    public required string Holder { get; init; }

    [Description("UID of the holder.")]
    public required string Uid { get; init; }

    [Description("When its holder went; it rests from then, so that nobody takes old packets for new ones.")]
    public DateTime? Released { get; init; }
}
