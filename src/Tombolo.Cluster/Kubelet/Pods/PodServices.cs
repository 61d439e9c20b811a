using Microsoft.Extensions.Logging;
using Tombolo.Cluster.Client;

namespace Tombolo.Cluster.Kubelet;

/// <summary>What every pod's worker shares with the others.</summary>
/// <param name="Starts">A slot for each sandbox that may be made at once.</param>
internal sealed record PodServices(
    KubeletOptions Options,
    ISandbox Sandbox,
    ClusterClient Client,
    CniRuntime Cni,
    EventRecorder Events,
    ContainerEnvironment Environment,
    SemaphoreSlim Starts,
    ILogger Log
)
{
    public DateTime Now => Options.Time.GetUtcNow().UtcDateTime;

    public string DirectoryOf(string uid) => Path.Combine(Options.StateDirectory, "pods", uid);
}
