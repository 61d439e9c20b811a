using System.Diagnostics;
using System.Runtime.InteropServices;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Two namespaces on one veth: the speaker under test at 10.99.0.1, neighbours at 10.99.1.1 and up. All of it,
/// and what runs in it, goes with this, also on ctrl-C; what a killed run left goes at the start of the next.</summary>
internal sealed class Testbed : IDisposable
{
    public const string Target = "10.99.0.1";
    private const string Tag = "tbb";
    private readonly List<Process> running = [];
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Lock gate = new();

    public Testbed(int neighbors)
    {
        Sweep();
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            signals.Add(PosixSignalRegistration.Create(signal, _ => Leave()));
        }
        var tag = $"{Tag}{Environment.ProcessId}";
        (TargetNamespace, NeighborNamespace) = ($"{tag}-dut", $"{tag}-inj");
        Folder = Directory.CreateTempSubdirectory(tag).FullName;
        Shell.Run("chmod", "777", Folder);
        foreach (var name in new[] { TargetNamespace, NeighborNamespace })
        {
            Shell.Run("ip", "netns", "add", name);
            Shell.Run("ip", "-n", name, "link", "set", "lo", "up");
        }
        Shell.Run(
            "ip",
            "link",
            "add",
            "d0",
            "netns",
            TargetNamespace,
            "type",
            "veth",
            "peer",
            "name",
            "i0",
            "netns",
            NeighborNamespace
        );
        Shell.Run("ip", "-n", TargetNamespace, "addr", "add", $"{Target}/16", "dev", "d0");
        var batch = Path.Combine(Folder, "addresses");
        File.WriteAllLines(batch, Enumerable.Range(0, neighbors).Select(i => $"addr add {Neighbor(i)}/16 dev i0"));
        Shell.Run("ip", "-n", NeighborNamespace, "-batch", batch);
        Shell.Run("ip", "-n", TargetNamespace, "link", "set", "d0", "up");
        Shell.Run("ip", "-n", NeighborNamespace, "link", "set", "i0", "up");
    }

    public string TargetNamespace { get; }

    public string NeighborNamespace { get; }

    public string Folder { get; }

    public static string Neighbor(int index) => $"10.99.{1 + index / 200}.{1 + index % 200}";

    public static uint NeighborAs(int index) => 65001u + (uint)index;

    /// <summary>Starts a program in a namespace, with its standard streams in our hands.</summary>
    public Process Start(string netns, params string[] command)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", netns, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        lock (gate)
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
            running.Add(process);
            return process;
        }
    }

    public void End(Process process)
    {
        lock (gate)
        {
            running.Remove(process);
        }
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
    }

    public void Dispose()
    {
        foreach (var process in running.ToArray())
        {
            End(process);
        }
        Shell.TryRun("ip", "netns", "del", TargetNamespace);
        Shell.TryRun("ip", "netns", "del", NeighborNamespace);
        Directory.Delete(Folder, recursive: true);
        signals.ForEach(signal => signal.Dispose());
    }

    private void Leave()
    {
        lock (gate)
        {
            Dispose();
            Environment.Exit(130);
        }
    }

    private static void Sweep()
    {
        foreach (var line in Shell.TryRun("ip", "netns", "list").Split('\n'))
        {
            var name = line.Split(' ')[0];
            if (
                name.StartsWith(Tag, StringComparison.Ordinal)
                && !Directory.Exists($"/proc/{name[Tag.Length..].Split('-')[0]}")
            )
            {
                Shell.TryRun("ip", "netns", "del", name);
            }
        }
    }
}
