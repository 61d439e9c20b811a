using Tombolo.Values.Cni;

namespace Tombolo.Agent.Node;

/// <summary>An ADD that waits: for its interface to be known, then for other nodes to have heard of it.</summary>
internal sealed record PendingAdd(CniRequest Request, DateTimeOffset Deadline, TaskCompletionSource<CniAnswer> Answer)
{
    /// <summary>Set once the interface is attached; then only stage one is waited for.</summary>
    public (string Uid, CniResult Result)? Done { get; set; }
}
