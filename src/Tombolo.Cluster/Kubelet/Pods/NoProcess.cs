namespace Tombolo.Cluster.Kubelet;

/// <summary>Stands for the process of a container that has none (<c>lab/pause</c>): it ends when told to.</summary>
internal sealed class NoProcess : ISandboxProcess
{
    private const int Killed = 128 + 9;
    private readonly TaskCompletionSource<int> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Pid => 0;

    public long StartTime => 0;

    public Stream? Stdin => null;

    public Stream? Stdout => null;

    public Stream? Stderr => null;

    public Task<int> ExitCode => ended.Task;

    public void Signal(int signal)
    {
        if (signal is Signals.Terminate or Signals.Interrupt)
        {
            ended.TrySetResult(0);
        }
    }

    public void Kill() => ended.TrySetResult(Killed);

    public void Resize(int width, int height) { }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
