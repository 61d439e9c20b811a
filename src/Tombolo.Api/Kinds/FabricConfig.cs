using System.ComponentModel;
using k8s.Models;
using Tombolo.Api.Schema;

namespace Tombolo.Api.Kinds;

[Kind("fabricconfigs", "fc", ClusterScoped = true)]
[KubernetesEntity(
    Group = Names.Group,
    ApiVersion = Names.Version,
    Kind = nameof(FabricConfig),
    PluralName = "fabricconfigs"
)]
[Column("Cluster", ".spec.clusterId", "integer")]
[Column("Encapsulations", ".spec.encapsulations")]
[Column("Ready", ".status.conditions[?(@.type==\"Ready\")].status")]
[Description("Settings of the whole system. One object, named default; made with defaults at first start.")]
public sealed record FabricConfig : Resource
{
    [Description("The settings.")]
    public FabricConfigSpec Spec { get; init; } = new();

    [Description("Whether they are in force.")]
    public FabricConfigStatus? Status { get; init; }
}

[Rule("self.clusterId == oldSelf.clusterId", "clusterId is immutable: routes of a live system carry it")]
[Rule(
    "self.podNetwork == oldSelf.podNetwork",
    "podNetwork is immutable: pods of the default network hold its addresses"
)]
[Rule("self.serviceNetwork == oldSelf.serviceNetwork", "serviceNetwork is immutable")]
[Rule(
    "self.systemSubnets == oldSelf.systemSubnets",
    "systemSubnets are immutable: every interface holds addresses of them"
)]
public sealed record FabricConfigSpec
{
    [Description("Encapsulations between nodes, best first; a pair of nodes uses the first that both support.")]
    [Limits(MaxItems = 2, Default = "[\"VXLAN\"]")]
    public IReadOnlyList<EncapsulationName> Encapsulations { get; init; } = [EncapsulationName.VXLAN];

    [Description("Autonomous system number of the route servers.")]
    [Limits(Minimum = 1, Maximum = 4294967294, Default = "64512")]
    public long Asn { get; init; } = 64512;

    [Description("First half of the automatic route targets. Default: asn.")]
    [Limits(Minimum = 1, Maximum = 4294967294)]
    public long? RouteTargetASN { get; init; }

    [Description("Number of this cluster in the system.")]
    [Limits(Minimum = 1, Maximum = 64, Default = "1")]
    public int ClusterId { get; init; } = 1;

    [Description("Prefix from which 32-bit node ids are allocated where nodes have no IPv4 address.")]
    [Limits(MaxLength = 43)]
    public string? RouterIdPool { get; init; }

    [Description("Subnets of the default network tombolo-system/default.")]
    [Limits(MaxItems = 8, MaxLength = 43, Default = "[\"10.244.0.0/16\",\"fd10:244::/64\"]")]
    public IReadOnlyList<string> PodNetwork { get; init; } = ["10.244.0.0/16", "fd10:244::/64"];

    [Description("Subnets of the services network tombolo-system/services.")]
    [Limits(MaxItems = 8, MaxLength = 43, Default = "[\"10.96.0.0/16\",\"fd10:96::/112\"]")]
    public IReadOnlyList<string> ServiceNetwork { get; init; } = ["10.96.0.0/16", "fd10:96::/112"];

    [Description("Subnets from which every interface has an address that is unique in the system, one a family.")]
    [Limits(MaxItems = 2, MaxLength = 43, Default = "[\"100.64.0.0/16\",\"fd64:64::/64\"]")]
    public IReadOnlyList<string> SystemSubnets { get; init; } = ["100.64.0.0/16", "fd64:64::/64"];

    [Description("Nodes on which connections from the API server enter the networks.")]
    [Limits(Open = true)]
    public V1LabelSelector? ApiServerNodes { get; init; }

    [Description("Addresses at which pods of every network ask for names.")]
    [Limits(MaxItems = 4, MaxLength = 39)]
    public IReadOnlyList<string>? ClusterDNS { get; init; }

    [Description("Services that every network reaches unless it says otherwise.")]
    [Limits(MaxItems = 8)]
    public IReadOnlyList<string>? SystemServices { get; init; }

    [Description("VNIs to allocate from.")]
    public VniRange VniRange { get; init; } = new();

    [Description("MTU of pods in octets; 0: the underlay's less the largest enabled encapsulation.")]
    [Limits(Minimum = 0, Maximum = 65535, Default = "0")]
    public int Mtu { get; init; }

    [Description("How long routes of a node are kept whose agent is not connected while the node is Ready.")]
    [Limits(Pattern = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$", Default = "\"5m\"")]
    public string StaleTime { get; init; } = "5m";

    [Description("Source NAT to the outside.")]
    public SourceNatSettings? SourceNat { get; init; }

    [Description("Isolated namespaces by default.")]
    public IsolateNamespaces? IsolateNamespaces { get; init; }
}

public enum EncapsulationName
{
    VXLAN,
    MPLSinUDP,
}

public sealed record VniRange
{
    [Description("First VNI.")]
    [Limits(Minimum = 1, Maximum = 16777215, Default = "4096")]
    public int First { get; init; } = 4096;

    [Description("Last VNI.")]
    [Limits(Minimum = 1, Maximum = 16777215, Default = "16777215")]
    public int Last { get; init; } = 16777215;
}

public sealed record SourceNatSettings
{
    [Description("Ports of a node's address that pods share.")]
    [Limits(Minimum = 1024, Maximum = 49152)]
    public int? PortsPerNode { get; init; }
}

public sealed record IsolateNamespaces
{
    [Description("Whether every namespace without an exception is isolated.")]
    public bool? Enabled { get; init; }

    [Description("Namespaces that are not.")]
    [Limits(Open = true)]
    public V1LabelSelector? Exceptions { get; init; }
}

public sealed record FabricConfigStatus
{
    [Description("Accepted: the settings can be honoured. Ready: the same.")]
    [Limits(MapKeys = ["type"])]
    public IReadOnlyList<V1Condition>? Conditions { get; init; }
}
