namespace Tombolo.Cluster.Scheduler;

/// <summary>Where a pod goes, or why nowhere.</summary>
/// <param name="Node">Null: nowhere.</param>
/// <param name="Message">In kube-scheduler's words, when nowhere.</param>
internal sealed record Decision(string? Node, string Message);
