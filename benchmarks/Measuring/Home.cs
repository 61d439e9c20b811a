using System.Diagnostics;
using System.Runtime.InteropServices;
using Tombolo.Linux;

namespace Tombolo.Benchmarks.Measuring;

/// <summary>All that a family makes: namespaces and mounts below one directory of /run, and processes. Gone with it, also
/// on ctrl-C; what a killed run left goes at the start of the next.</summary>
internal sealed class Home : IDisposable
{
    private const string Name = "/run/tombolo-bench-";
    private readonly List<Process> children = [];
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Lock gate = new();
    private bool gone;

    public Home()
    {
        foreach (var left in System.IO.Directory.GetDirectories("/run", "tombolo-bench-*"))
        {
            if (!System.IO.Directory.Exists($"/proc/{left[Name.Length..]}"))
            {
                Remove(left);
            }
        }
        Directory = $"{Name}{Environment.ProcessId}";
        System.IO.Directory.CreateDirectory(Directory);
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            signals.Add(
                PosixSignalRegistration.Create(
                    signal,
                    _ =>
                    {
                        Dispose();
                        Environment.Exit(130);
                    }
                )
            );
        }
    }

    public string Directory { get; }

    /// <summary>A fresh network namespace with its loopback up.</summary>
    /// <returns>The path that it is bound to.</returns>
    public string NewNetns(string name)
    {
        var path = Path.Combine(Directory, name);
        Netns.Create(path);
        using var netlink = Netlink.Open(path);
        netlink.Links.SetLoopbackUp();
        return path;
    }

    /// <summary>Runs <c>ip</c> once in a namespace, with one command a line.</summary>
    public void Ip(string netns, params string[] lines)
    {
        var batch = Path.Combine(Directory, "batch");
        File.WriteAllLines(batch, lines);
        Exec(netns, "ip", "-batch", batch);
    }

    /// <returns>What it printed.</returns>
    public static string Exec(string netns, params string[] command) =>
        Shell.Check(["nsenter", $"--net={netns}", .. command]);

    /// <summary>Starts a program in a namespace, on some CPUs; it ends with this home, and what it says is not heard.</summary>
    public Process Serve(string? netns, string cpus, params string[] command)
    {
        var process = Start(netns, ["taskset", "-c", cpus, .. command]);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Starts a program in a namespace, its standard streams in the caller's hands; it ends with this home, or before by <see cref="End"/>.</summary>
    public Process Start(string? netns, params string[] command)
    {
        string[] whole = netns is null ? command : ["nsenter", $"--net={netns}", .. command];
        var start = new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(gone, this);
            var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
            children.Add(process);
            return process;
        }
    }

    public void End(Process child)
    {
        lock (gate)
        {
            if (children.Remove(child))
            {
                child.Kill(entireProcessTree: true);
                child.WaitForExit();
                child.Dispose();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (gone)
            {
                return;
            }
            gone = true;
            foreach (var child in children.AsEnumerable().Reverse().ToList())
            {
                End(child);
            }
            Remove(Directory);
        }
        signals.ForEach(signal => signal.Dispose());
    }

    private static void Remove(string directory)
    {
        var mounts = File.ReadAllLines("/proc/self/mountinfo")
            .Select(line => line.Split(' ')[4])
            .Where(path => path.StartsWith(directory + "/", StringComparison.Ordinal));
        foreach (var path in mounts.Reverse())
        {
            Mounts.Detach(path);
        }
        if (System.IO.Directory.Exists(directory))
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }
}
