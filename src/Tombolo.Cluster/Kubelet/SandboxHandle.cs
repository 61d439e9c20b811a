namespace Tombolo.Cluster.Kubelet;

/// <summary>A sandbox that is there.</summary>
/// <param name="Pid">Of the process that holds the namespaces open.</param>
/// <param name="NetnsPath">A file that names the network namespace: <c>/run/.../netns</c> or <c>/proc/PID/ns/net</c>.</param>
public sealed record SandboxHandle(string Id, int Pid, string NetnsPath);
