using System.ComponentModel;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("addressblocks", "ab")]
[KubernetesEntity(
    Group = Names.Group,
    ApiVersion = Names.Version,
    Kind = nameof(AddressBlock),
    PluralName = "addressblocks"
)]
[Column("Subnet", ".spec.subnet")]
[Column("First", ".spec.first")]
[Description(
    "64 addresses of a Subnet and who holds them. An address is granted by a compare-and-swap of its block, so never twice. Internal."
)]
public sealed record AddressBlock : Resource
{
    public required AddressBlockSpec Spec { get; init; }
}

[Rule("self.subnet == oldSelf.subnet && self.first == oldSelf.first", "a block is of one subnet and place for ever")]
public sealed record AddressBlockSpec
{
    [Description("The Subnet, in the namespace of this object.")]
    public required string Subnet { get; init; }

    [Description("The first of its 64 addresses.")]
    public required string First { get; init; }

    [Description("The addresses that are held or rest.")]
    [Limits(MaxItems = 64, MapKeys = ["offset"])]
    public IReadOnlyList<AddressEntry> Entries { get; init; } = [];
}

public sealed record AddressEntry
{
    [Description("Offset from the first address.")]
    [Limits(Minimum = 0, Maximum = 63)]
    public required int Offset { get; init; }

    [Description("The NetworkInterface that holds it, as namespace/name.")]
    public required string Interface { get; init; }

    [Description("UID of the pod that it was taken for.")]
    public required string PodUid { get; init; }

    [Description("When it was taken, by the API server's clock.")]
    public required DateTime Taken { get; init; }

    [Description("When it was given back; it rests for 30 s from then.")]
    public DateTime? Released { get; init; }
}
