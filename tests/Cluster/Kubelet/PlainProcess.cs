using System.Diagnostics;
using Tombolo.Cluster.Kubelet;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>A process of a <see cref="PlainSandbox"/>: leader of a session, output to a file or to pipes.</summary>
internal sealed class PlainProcess : ISandboxProcess
{
    private readonly Process process;

    private PlainProcess(Process process, bool pipes, bool stdin, bool adopted)
    {
        this.process = process;
        Pid = process.Id;
        StartTime = StartTimeOf(process.Id);
        Stdin = stdin ? process.StandardInput.BaseStream : null;
        Stdout = pipes ? process.StandardOutput.BaseStream : null;
        Stderr = pipes ? process.StandardError.BaseStream : null;
        ExitCode = EndAsync(adopted);
    }

    public int Pid { get; }

    public long StartTime { get; }

    public System.IO.Stream? Stdin { get; }

    public System.IO.Stream? Stdout { get; }

    public System.IO.Stream? Stderr { get; }

    public Task<int> ExitCode { get; }

    public (int Width, int Height) Size { get; private set; }

    public static PlainProcess Start(ProcessSpec spec)
    {
        var start = new ProcessStartInfo("/usr/bin/setsid")
        {
            RedirectStandardInput = spec.Stdin,
            RedirectStandardOutput = spec.LogFile is null,
            RedirectStandardError = spec.LogFile is null,
            WorkingDirectory = spec.WorkingDirectory ?? "/",
        };
        if (spec.LogFile is { } log)
        {
            foreach (var word in new[] { "/bin/sh", "-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log })
            {
                start.ArgumentList.Add(word);
            }
        }
        foreach (var argument in spec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }
        return new PlainProcess(Process.Start(start)!, spec.LogFile is null, spec.Stdin, adopted: false);
    }

    public static PlainProcess? Adopt(int pid, long startTime)
    {
        try
        {
            return StartTimeOf(pid) == startTime
                ? new PlainProcess(Process.GetProcessById(pid), pipes: false, stdin: false, adopted: true)
                : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    public void Signal(int signal) => _ = PlainSandbox.Kill(Pid, signal);

    public void Kill() => KillSession(Pid);

    // Just started, it may not lead its session yet: so the process itself too.
    public static void KillSession(int pid) =>
        _ = PlainSandbox.Kill(-pid, Signals.Kill) + PlainSandbox.Kill(pid, Signals.Kill);

    public void Resize(int width, int height) => Size = (width, height);

    public ValueTask DisposeAsync()
    {
        Stdin?.Dispose();
        Stdout?.Dispose();
        Stderr?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<int> EndAsync(bool adopted)
    {
        await process.WaitForExitAsync();
        return adopted ? ISandboxProcess.UnknownExit : process.ExitCode;
    }

    // Field 22 of /proc/PID/stat; the name in field 2 may have spaces.
    private static long StartTimeOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]);
        }
        catch (IOException)
        {
            return -1;
        }
    }
}
