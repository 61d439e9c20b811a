namespace Tombolo.Cluster.ApiServer;

/// <summary>A write in the writer's queue and who waits for it.</summary>
internal sealed record PendingWrite(Write Write)
{
    public TaskCompletionSource<WriteResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
