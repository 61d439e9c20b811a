using k8s.Models;

namespace Tombolo.Cluster.Client;

/// <summary>One page of a collection, as the API server lists it.</summary>
internal sealed record ObjectPage<T>
{
    public V1ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<T> Items { get; init; } = [];
}
