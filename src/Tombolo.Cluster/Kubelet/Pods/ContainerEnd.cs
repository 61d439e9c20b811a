namespace Tombolo.Cluster.Kubelet;

/// <summary>How a run of a container ended.</summary>
/// <param name="Reason">In Kubernetes' words: Completed, Error, StartError, ContainerStatusUnknown.</param>
internal sealed record ContainerEnd(
    string Id,
    int ExitCode,
    string Reason,
    string? Message,
    DateTime StartedAt,
    DateTime EndedAt
);
