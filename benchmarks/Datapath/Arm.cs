using System.Diagnostics;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>A way for octets from one pod to another.</summary>
/// <param name="Client">Namespace of the pod that asks.</param>
/// <param name="Server">Namespace of the pod that answers.</param>
/// <param name="Address">Of the pod that answers.</param>
internal sealed record Arm(string Client, string Server, string Address)
{
    /// <summary>Processes that answer there; on CPU 1.</summary>
    public List<Process> Servers { get; } = [];
}
