using System.ComponentModel;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("subnets", "sn")]
[KubernetesEntity(Group = Names.Group, ApiVersion = Names.Version, Kind = nameof(Subnet), PluralName = "subnets")]
[Column("CIDR", ".spec.cidr")]
[Column("Gateway", ".status.gateway")]
[Column("Used", ".status.used", "integer")]
[Column("Free", ".status.free", "integer")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[Column("Reason", ".status.conditions[?(@.type==\"Ready\")].reason", Priority = 1)]
[Description(
    "A range of addresses. Networks that share a Subnet never hold an address of it twice; other Subnets may overlap with it."
)]
public sealed record Subnet : Resource
{
    [Description("What the subnet is to be.")]
    public required SubnetSpec Spec { get; init; }

    [Description("What the subnet is.")]
    public SubnetStatus? Status { get; init; }
}

[Rule(
    "!has(oldSelf.gateway) || (has(self.gateway) && self.gateway == oldSelf.gateway)",
    "gateway is immutable once set: pods hold it in their routes"
)]
public sealed record SubnetSpec
{
    [Description("The prefix, host bits zero: 10.10.0.0/24, fd10::/64. It may only be widened.")]
    [Limits(MaxLength = 43)]
    public required string Cidr { get; init; }

    [Description("Address of the virtual gateway. Default: the first address.")]
    [Limits(MaxLength = 39)]
    public string? Gateway { get; init; }

    [Description(
        "Ranges that pods draw from when they name one. Without a name, any address of the CIDR that is not reserved."
    )]
    [Limits(MaxItems = 64)]
    public IReadOnlyList<AddressRange>? Ranges { get; init; }

    [Description("Addresses or prefixes that are never given out.")]
    [Limits(MaxItems = 256, MaxLength = 43)]
    public IReadOnlyList<string>? Reserved { get; init; }

    [Description("Addresses at which pods of the subnet ask for names.")]
    [Limits(MaxItems = 4, MaxLength = 39)]
    public IReadOnlyList<string>? DnsServers { get; init; }

    [Description("Which other namespaces' networks may draw from it.")]
    public Consumers? Consumers { get; init; }
}

public sealed record AddressRange
{
    [Description("Name of the range, as the annotation net.tombolo.dev/range has it.")]
    [Limits(MaxLength = 63)]
    public required string Key { get; init; }

    [Description("First address of the range.")]
    [Limits(MaxLength = 39)]
    public required string Start { get; init; }

    [Description("Last address of the range.")]
    [Limits(MaxLength = 39)]
    public required string End { get; init; }
}

public sealed record SubnetStatus
{
    [Description("The prefix in force: the last one that was accepted.")]
    public string? Cidr { get; init; }

    [Description("The gateway in force.")]
    public string? Gateway { get; init; }

    [Description("Addresses that can be given out; saturates at 2^53.")]
    public long? Capacity { get; init; }

    [Description("Addresses held.")]
    public long? Used { get; init; }

    [Description("Addresses that can still be taken; saturates at 2^53.")]
    public long? Free { get; init; }

    [Description("Accepted: the spec can be honoured. Ready: the same.")]
    [Limits(MapKeys = ["type"])]
    public IReadOnlyList<V1Condition>? Conditions { get; init; }
}
