using k8s.Models;

namespace Tombolo.Kube;

/// <summary>One page of a collection, as the API server lists it.</summary>
public sealed record KubeList<T>
{
    public V1ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<T> Items { get; init; } = [];
}
