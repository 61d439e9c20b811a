namespace Tombolo.Cluster.Kubelet;

/// <summary>A sandbox or a process in it could not be made; the message says which and why.</summary>
public sealed class SandboxException : Exception
{
    public SandboxException() { }

    public SandboxException(string message)
        : base(message) { }

    public SandboxException(string message, Exception inner)
        : base(message, inner) { }
}
