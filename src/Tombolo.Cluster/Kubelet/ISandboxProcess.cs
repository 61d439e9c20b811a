namespace Tombolo.Cluster.Kubelet;

/// <summary>A process in a sandbox. Disposing it closes its streams and leaves the process alone.</summary>
public interface ISandboxProcess : IAsyncDisposable
{
    /// <summary>Exit code of a process whose end nobody saw (adopted: its parent is gone).</summary>
    const int UnknownExit = 255;

    int Pid { get; }

    /// <summary>Clock ticks since boot (field 22 of <c>/proc/PID/stat</c>): with the pid it names one process for ever.</summary>
    long StartTime { get; }

    /// <summary>Writes to its standard input; null without <see cref="ProcessSpec.Stdin"/>. Disposing it is end of file.</summary>
    Stream? Stdin { get; }

    /// <summary>Null where the output goes to a log file; the terminal's side where there is one.</summary>
    Stream? Stdout { get; }

    /// <summary>Null where the output goes to a log file or a terminal.</summary>
    Stream? Stderr { get; }

    /// <summary>Done when it has ended: its exit code, 128 + n for signal n, or <see cref="UnknownExit"/>.</summary>
    Task<int> ExitCode { get; }

    /// <summary>Sends a signal to the process; one that has ended gets none.</summary>
    void Signal(int signal);

    /// <summary>SIGKILL to the process and to all of its session.</summary>
    void Kill();

    /// <summary>Size of its terminal in cells; without a terminal nothing happens.</summary>
    void Resize(int width, int height);
}
