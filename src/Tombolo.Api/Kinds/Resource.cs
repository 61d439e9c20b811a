using k8s;
using k8s.Models;

namespace Tombolo.Api.Kinds;

/// <summary>What every kind of ours has in common with every object of Kubernetes. The metadata is the package's own
/// mutable class: treat it as frozen once read.</summary>
public abstract record Resource : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = Names.ApiVersion;

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();

    protected Resource() => Kind = GetType().Name;

    /// <summary>Namespace and name; the namespace of a cluster-scoped object is empty.</summary>
    public ObjectName ObjectName() => new(Metadata.NamespaceProperty ?? "", Metadata.Name ?? "");
}
