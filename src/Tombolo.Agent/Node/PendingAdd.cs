using Tombolo.Values.Cni;

namespace Tombolo.Agent.Node;

/// <summary>An ADD that waits: for its interface to be known, then for other nodes to have heard of it.</summary>
internal sealed class PendingAdd(CniRequest request, DateTimeOffset deadline, TaskCompletionSource<CniAnswer> answer)
{
    public CniRequest Request => request;

    public TaskCompletionSource<CniAnswer> Answer => answer;

    /// <summary>When what is waited for is waited for no longer.</summary>
    public DateTimeOffset Deadline { get; set; } = deadline;

    /// <summary>Set once the interface is attached; then only stage one is waited for.</summary>
    public (string Uid, CniResult Result)? Done { get; set; }
}
