using System.Diagnostics;

namespace Tombolo.Tests.Interop;

/// <summary>Network namespaces of one test, joined by veths; gone with all that runs in them at the end.</summary>
internal sealed class Netns : IAsyncDisposable
{
    private static int counter;
    private readonly List<string> names = [];
    private readonly List<Process> processes = [];

    public Netns() => Directory.CreateDirectory(Folder);

    /// <summary>Files of this test: configurations, sockets, logs.</summary>
    public string Folder { get; } =
        Path.Combine(Path.GetTempPath(), $"tbi-{Environment.ProcessId}-{Interlocked.Increment(ref counter)}");

    public async Task<string> AddAsync(string role)
    {
        var name = $"{Path.GetFileName(Folder)}-{role}";
        await RunAsync("ip", "netns", "add", name);
        names.Add(name);
        await RunAsync("ip", "-n", name, "link", "set", "lo", "up");
        return name;
    }

    /// <summary>A link on 10.9.N.0/24 and fd09:N::/64; the first end is .1, the second .2.</summary>
    public async Task LinkAsync(string first, string second, int number)
    {
        var (left, right) = ($"l{number}", $"r{number}");
        await RunAsync(
            "ip",
            "link",
            "add",
            left,
            "netns",
            first,
            "type",
            "veth",
            "peer",
            "name",
            right,
            "netns",
            second
        );
        foreach (var (name, device, host) in new[] { (first, left, 1), (second, right, 2) })
        {
            await RunAsync("ip", "-n", name, "addr", "add", $"10.9.{number}.{host}/24", "dev", device);
            await RunAsync("ip", "-n", name, "addr", "add", $"fd09:{number}::{host}/64", "dev", device, "nodad");
            await RunAsync("ip", "-n", name, "link", "set", device, "up");
        }
    }

    public async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    /// <summary>Starts a program in a namespace; its output goes to a file beside the others.</summary>
    public Process Start(string name, string log, params string[] command)
    {
        var path = Path.Combine(Folder, log);
        var words = string.Join(' ', command.Select(word => $"'{word}'"));
        var start = new ProcessStartInfo(
            "ip",
            ["netns", "exec", name, "sh", "-c", $"exec {words} >>'{path}' 2>&1 </dev/null"]
        );
        start.Environment["DOTNET_TieredPGO"] = "0";
        var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
        processes.Add(process);
        return process;
    }

    /// <summary>Runs a program to its end and gives what it printed, also where it fails.</summary>
    public static async Task<string> TryRunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : output + await error;
    }

    public static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {command[0]}");
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {error}");
    }

    public static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>The files' ends, for a failure's message.</summary>
    public string Logs() =>
        string.Join(
            '\n',
            Directory
                .GetFiles(Folder)
                .Where(file => file.EndsWith(".log", StringComparison.Ordinal))
                .Select(file => $"== {Path.GetFileName(file)}\n{string.Join('\n', File.ReadLines(file).TakeLast(25))}")
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }
            process.Dispose();
        }
        foreach (var name in names)
        {
            // Daemons that changed their session or forked are found by where they live.
            var pids = (await TryRunAsync("ip", "netns", "pids", name)).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            );
            foreach (var pid in pids.Where(pid => int.TryParse(pid, out _)))
            {
                await TryRunAsync("kill", "-9", pid);
            }
            await TryRunAsync("ip", "netns", "del", name);
        }
        Directory.Delete(Folder, recursive: true);
    }
}
