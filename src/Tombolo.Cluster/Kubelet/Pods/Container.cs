using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>A container of a pod: what is wanted, what is kept, and the process that runs.</summary>
internal sealed class Container(V1Container spec, ContainerState state, bool init)
{
    public V1Container Spec { get; set; } = spec;

    public string Name => Spec.Name;

    public ContainerState State => state;

    /// <summary>An init container that runs on beside the others.</summary>
    public bool IsSidecar => init && Spec.RestartPolicy == "Always";

    public bool IsInit => init;

    public ISandboxProcess? Process { get; set; }

    public ContainerProbes? Probes { get; set; }

    /// <summary>Why it does not run; null: it does, or has ended.</summary>
    public Waiting? Waiting { get; set; }

    /// <summary>Earliest time of the next start.</summary>
    public DateTime NotBefore { get; set; }

    /// <summary>It was told to end, and is killed at this time.</summary>
    public DateTime? KillAt { get; set; }

    /// <summary>Its definition changed: it starts again whatever the pod's restart policy.</summary>
    public bool Replace { get; set; }

    public bool IsStarted => State.IsRunning && (Probes?.IsStarted ?? true);

    public bool IsReady => State.IsRunning && (Probes?.IsReady ?? true) && KillAt is null;
}

/// <summary>Why a container does not run, as <c>state.waiting</c> says it.</summary>
internal sealed record Waiting(string Reason, string? Message = null);
