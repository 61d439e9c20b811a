using Tombolo.Cluster.Kubelet;
using Tombolo.Lab.Processes;

namespace Tombolo.Lab.Sandboxes;

/// <summary>A process that an earlier kubelet started: it is init's child now, so that nobody learns its exit code.</summary>
internal sealed class AdoptedProcess : ISandboxProcess
{
    private readonly ProcessId process;
    private readonly CancellationTokenSource closed = new();

    public AdoptedProcess(ProcessId process)
    {
        this.process = process;
        ExitCode = EndAsync();
    }

    public int Pid => process.Pid;

    public long StartTime => process.StartTime;

    public Stream? Stdin => null;

    public Stream? Stdout => null;

    public Stream? Stderr => null;

    public Task<int> ExitCode { get; }

    public void Signal(int signal) => process.Signal(signal);

    public void Kill() => SessionOf.Kill(process);

    public void Resize(int width, int height) { }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        closed.Dispose();
    }

    private async Task<int> EndAsync()
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (process.IsAlive)
        {
            await look.WaitForNextTickAsync(closed.Token);
        }
        return ISandboxProcess.UnknownExit;
    }
}
