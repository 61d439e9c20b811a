using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>What the kubelet's server sees of a pod: a snapshot taken after each of its steps.</summary>
/// <param name="SandboxId">Null while it has none.</param>
/// <param name="Directory">The pod's folder.</param>
internal sealed record PodView(
    V1Pod Pod,
    string? SandboxId,
    IReadOnlyList<string> Addresses,
    string Directory,
    IReadOnlyList<ContainerView> Containers
)
{
    public ContainerView? Find(string container) => Containers.FirstOrDefault(c => c.Spec.Name == container);
}

/// <param name="Runs">How often it has been started.</param>
/// <param name="Restarts">Number of the current run, from 0.</param>
internal sealed record ContainerView(V1Container Spec, bool IsRunning, int Runs, int Restarts);
