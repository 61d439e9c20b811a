using System.Diagnostics;
using Tombolo.Cluster.Kubelet;
using Tombolo.Lab.Processes;
using Tombolo.Linux;

namespace Tombolo.Lab.Sandboxes;

/// <summary>
/// A process in a sandbox. A shell gives it its streams and becomes nsenter, then setsid, then the program: one process all
/// the way, whose pid is the program's.
/// </summary>
internal sealed class StartedProcess : ISandboxProcess
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private readonly Process process;
    private readonly ProcessId id;
    private readonly Pty? terminal;

    private StartedProcess(Process process, Pty? terminal, ProcessSpec spec)
    {
        (this.process, this.terminal) = (process, terminal);
        id = ProcessId.Of(process.Id);
        Stdin = !spec.Stdin ? null : terminal?.Controller ?? process.StandardInput.BaseStream;
        if (terminal is not null)
        {
            Stdout = new TerminalOutput(terminal.Controller);
        }
        else if (spec.LogFile is null)
        {
            (Stdout, Stderr) = (process.StandardOutput.BaseStream, process.StandardError.BaseStream);
        }
        ExitCode = EndAsync();
    }

    public int Pid => id.Pid;

    public long StartTime => id.StartTime;

    public Stream? Stdin { get; }

    public Stream? Stdout { get; }

    public Stream? Stderr { get; }

    public Task<int> ExitCode { get; }

    /// <exception cref="SandboxException">There is no such program.</exception>
    public static StartedProcess Start(SandboxRecord sandbox, string id, ProcessSpec spec, string instance)
    {
        var program = Resolve(spec);
        var terminal = spec.Tty ? Pty.Open() : null;
        var start = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            WorkingDirectory = "/",
            RedirectStandardInput = spec.Stdin && !spec.Tty,
            RedirectStandardOutput = spec.LogFile is null && !spec.Tty,
            RedirectStandardError = spec.LogFile is null && !spec.Tty,
        };
        var holder = sandbox.HolderPid;
        string[] words =
        [
            "-c",
            $"{Streams(spec)}shift; exec /usr/bin/nsenter \"$@\"",
            "sh",
            terminal?.Path ?? spec.LogFile ?? "",
            $"--mount=/proc/{holder}/ns/mnt",
            $"--uts=/proc/{holder}/ns/uts",
            $"--net={sandbox.Netns}",
            "--",
            "/usr/bin/setsid",
            .. spec.Tty ? ["--ctty"] : Array.Empty<string>(),
            "--",
            .. spec.WorkingDirectory is { } directory
                ? ["/usr/bin/env", $"--chdir={directory}"]
                : Array.Empty<string>(),
            program,
            .. spec.Arguments.Skip(1),
        ];
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }
        start.Environment.Clear();
        if (spec.Tty)
        {
            start.Environment["TERM"] = "xterm";
        }
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }
        start.Environment[ProcessTable.InstanceVariable] = instance;
        start.Environment[ProcessTable.SandboxVariable] = id;
        return new StartedProcess(Process.Start(start)!, terminal, spec); // a program by its path gives a process or throws
    }

    public void Signal(int signal) => id.Signal(signal);

    public void Kill() => SessionOf.Kill(id);

    public void Resize(int width, int height) =>
        terminal?.Resize((ushort)Math.Clamp(width, 1, ushort.MaxValue), (ushort)Math.Clamp(height, 1, ushort.MaxValue));

    public ValueTask DisposeAsync()
    {
        terminal?.Dispose();
        foreach (var stream in (Stream?[])[Stdin, Stdout, Stderr])
        {
            stream?.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    private async Task<int> EndAsync()
    {
        await process.WaitForExitAsync();
        var code = process.ExitCode;
        process.Dispose();
        return code;
    }

    private static string Streams(ProcessSpec spec) =>
        spec switch
        {
            { Tty: true } => "exec <\"$1\" >\"$1\" 2>&1; ",
            { LogFile: not null, Stdin: true } => "exec >>\"$1\" 2>&1; ",
            { LogFile: not null } => "exec </dev/null >>\"$1\" 2>&1; ",
            { Stdin: true } => "",
            _ => "exec </dev/null; ",
        };

    // Said by us before the start: afterwards it would be setsid's exit code and a line among the program's own.
    private static string Resolve(ProcessSpec spec)
    {
        var name = spec.Arguments.Count > 0 ? spec.Arguments[0] : throw new SandboxException("exec: no command");
        if (name.Contains('/'))
        {
            var path = Path.Combine(spec.WorkingDirectory ?? "/", name);
            return IsProgram(path)
                ? path
                : throw new SandboxException(
                    $"exec: \"{name}\": {(File.Exists(path) ? "permission denied" : "no such file or directory")}"
                );
        }
        var search = spec.Environment.TryGetValue("PATH", out var given) ? given : DefaultPath;
        return search.Split(':').Select(directory => Path.Combine("/", directory, name)).FirstOrDefault(IsProgram)
            ?? throw new SandboxException($"exec: \"{name}\": executable file not found in $PATH");
    }

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (
            File.GetUnixFileMode(path)
            & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)
        ) != 0;
}
