using k8s.Models;

namespace Tombolo.Cluster.Scheduler;

/// <summary>A node and the pods on it, those that were placed there a moment ago included. Pods that are over do not count.</summary>
internal sealed class NodeView(V1Node node, IEnumerable<V1Pod> pods)
{
    private readonly List<V1Pod> pods = [.. pods];

    public V1Node Node => node;

    public string Name => node.Metadata.Name;

    public IReadOnlyList<V1Pod> Pods => pods;

    public IDictionary<string, string> Labels { get; } = node.Metadata.Labels ?? new Dictionary<string, string>();

    public void Add(V1Pod pod) => pods.Add(pod);
}
