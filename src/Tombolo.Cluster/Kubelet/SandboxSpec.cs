namespace Tombolo.Cluster.Kubelet;

/// <summary>A pod's sandbox, before it is made.</summary>
/// <param name="Id">64 hexadecimal digits, the container id that CNI sees; unique for ever.</param>
/// <param name="Hostname">Of the UTS namespace.</param>
/// <param name="ResolvConf">Text of <c>/etc/resolv.conf</c> within; null leaves the host's.</param>
/// <param name="Directory">The pod's folder, which is there: for files that live as long as the sandbox.</param>
/// <param name="HostNetwork">In the node's network namespace (the kubelet's own) instead of a fresh one.</param>
public sealed record SandboxSpec(
    string Id,
    string PodNamespace,
    string PodName,
    string PodUid,
    string Hostname,
    string? ResolvConf,
    string Directory,
    bool HostNetwork = false
);
