namespace Tombolo.Cluster.Kubelet;

/// <summary>
/// What the kubelet runs pods in: network and mount namespaces and the processes in them. All that it makes outlives the
/// kubelet's process; nothing else is shared with it. Safe to call from many tasks at once.
/// </summary>
public interface ISandbox
{
    /// <summary>Makes the pod's namespaces and the process that holds them open. An id that is there already is made anew.</summary>
    /// <exception cref="SandboxException">It cannot be made; nothing of it is left.</exception>
    Task<SandboxHandle> CreateAsync(SandboxSpec spec, CancellationToken cancel);

    /// <summary>Kills every process in the sandbox and takes its namespaces away; that there is none is no error.</summary>
    Task RemoveAsync(string id, CancellationToken cancel);

    /// <summary>Starts a process in the sandbox's namespaces, as leader of a session of its own.</summary>
    /// <exception cref="SandboxException">No such sandbox, or no such program; the message is for users.</exception>
    Task<ISandboxProcess> StartAsync(string id, ProcessSpec spec, CancellationToken cancel);

    /// <summary>A process that an earlier kubelet started; null if it is gone (another start time is another process).</summary>
    ISandboxProcess? Adopt(string id, int pid, long startTime);

    /// <summary>Every sandbox there is, also those that an earlier kubelet left.</summary>
    IReadOnlyList<SandboxHandle> List();
}
