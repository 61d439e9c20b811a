using System.ComponentModel;
using System.Text.Json.Serialization;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("networkinterfaces", "ni")]
[KubernetesEntity(
    Group = Names.Group,
    ApiVersion = Names.Version,
    Kind = nameof(NetworkInterface),
    PluralName = "networkinterfaces"
)]
[Column("Pod", ".spec.pod.name")]
[Column("Interface", ".spec.interface")]
[Column("Network", ".spec.network")]
[Column("Addresses", ".spec.addresses")]
[Column("Node", ".status.node")]
[Column("State", ".status.state")]
[Column("Programmed", ".status.conditions[?(@.type==\"Programmed\")].status")]
[Column("Label", ".status.label", "integer", Priority = 1)]
[Column("System", ".spec.systemAddresses", Priority = 1)]
[Description("One interface of a pod. Made by the controller when the pod is; not meant to be written by hand.")]
public sealed record NetworkInterface : Resource
{
    [Description("Decided once, when the pod is created.")]
    public required NetworkInterfaceSpec Spec { get; init; }

    [Description("Where the interface is and who knows it.")]
    public NetworkInterfaceStatus? Status { get; init; }
}

[Rule("self.network == oldSelf.network", "network is immutable: a pod's networks are decided at its creation")]
[Rule("self.addresses == oldSelf.addresses", "addresses are immutable")]
[Rule("self.mac == oldSelf.mac", "mac is immutable")]
[Rule("self.interface == oldSelf.interface", "interface is immutable")]
[Rule("self.pod == oldSelf.pod", "pod is immutable")]
[Rule(
    "has(self.allowed) == has(oldSelf.allowed) && (!has(self.allowed) || self.allowed == oldSelf.allowed)",
    "allowed is immutable"
)]
public sealed record NetworkInterfaceSpec
{
    [Description("The pod, in the namespace of this object.")]
    public required PodReference Pod { get; init; }

    [Description("Name of the interface inside the pod.")]
    [Limits(Pattern = "^[a-z][a-z0-9]{0,14}$")]
    public required string Interface { get; init; }

    [Description("The cluster that the pod runs in.")]
    [Limits(Minimum = 1, Maximum = 64)]
    public int Cluster { get; init; } = 1;

    [Description("Its virtual network, as namespace/name.")]
    public required string Network { get; init; }

    [Description("Its addresses, one a family.")]
    public IReadOnlyList<string> Addresses { get; init; } = [];

    [Description(
        "Prefixes beyond its addresses that it may source and that lead to it; an address or route of another wins."
    )]
    [Limits(MaxItems = 64)]
    public IReadOnlyList<string>? Allowed { get; init; }

    [Description("Its MAC address.")]
    [Limits(Pattern = "^([0-9a-f]{2}:){5}[0-9a-f]{2}$")]
    public required string Mac { get; init; }

    [Description("Its addresses that are unique in the system, one a family.")]
    public IReadOnlyList<string>? SystemAddresses { get; init; }
}

public sealed record PodReference
{
    [Description("Name of the pod.")]
    public required string Name { get; init; }

    [Description("UID of the pod: a later pod of the same name is another one.")]
    public required string Uid { get; init; }
}

public enum InterfaceState
{
    [JsonStringEnumMemberName("pending")]
    Pending,

    [JsonStringEnumMemberName("bound")]
    Bound,

    [JsonStringEnumMemberName("up")]
    Up,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("withdrawn")]
    Withdrawn,
}

public sealed record NetworkInterfaceStatus
{
    [Description("The node that hosts it.")]
    public string? Node { get; init; }

    [Description("The label that the node gave it.")]
    public int? Label { get; init; }

    [Description(
        "pending: no node yet. bound: its node knows it. up: attached. failed: see conditions. withdrawn: its node no longer holds it."
    )]
    public InterfaceState? State { get; init; }

    [Description("How many of the nodes that need its routes hold them.")]
    public Acknowledged? Acknowledged { get; init; }

    [Description("Programmed: every node that needs its routes holds them.")]
    [Limits(MapKeys = ["type"])]
    public IReadOnlyList<V1Condition>? Conditions { get; init; }
}

public sealed record Acknowledged
{
    [Description("Nodes that hold its routes.")]
    public int Nodes { get; init; }

    [Description("Nodes that need them.")]
    public int Of { get; init; }

    [Description("Some of the nodes waited for.")]
    [Limits(MaxItems = 16)]
    public IReadOnlyList<string>? WaitingFor { get; init; }
}
