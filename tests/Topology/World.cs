using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Kinds;

namespace Tombolo.Tests.Topology;

/// <summary>The objects of a topology, in few words.</summary>
internal static class World
{
    public const string IsolatedLabel = Names.Group + "/isolated";

    public static V1ObjectMeta Meta(string? space, string name, params (string Key, string Value)[] labels) =>
        new()
        {
            NamespaceProperty = space,
            Name = name,
            Uid = $"{space}.{name}",
            Generation = 1,
            Labels = labels.Length > 0 ? labels.ToDictionary(label => label.Key, label => label.Value) : null,
        };

    public static V1LabelSelector Labelled(string key, string value) =>
        new() { MatchLabels = new Dictionary<string, string> { [key] = value } };

    public static V1Namespace Namespace(string name, params (string Key, string Value)[] labels) =>
        new() { Metadata = Meta(null, name, [.. labels, ("kubernetes.io/metadata.name", name)]) };

    public static FabricConfig Config(IsolateNamespaces? isolate) =>
        new()
        {
            Metadata = Meta(null, "default"),
            Spec = new() { IsolateNamespaces = isolate },
        };

    public static Subnet Subnet(string space, string name, string cidr, Consumers? consumers) =>
        new()
        {
            Metadata = Meta(space, name),
            Spec = new() { Cidr = cidr, Consumers = consumers },
        };

    public static V1Pod Pod(string space, string name, string? network, string? allowed = null, string node = "node0")
    {
        var annotations = new Dictionary<string, string>();
        if (network is not null)
        {
            annotations[Names.Network] = network;
        }
        if (allowed is not null)
        {
            annotations[Names.Group + "/allowed-addresses"] = allowed;
        }
        var meta = Meta(space, name);
        meta.Annotations = annotations.Count > 0 ? annotations : null;
        return new()
        {
            Metadata = meta,
            Spec = new() { NodeName = node },
        };
    }
}
