using System.Text;
using Tombolo.Linux;

namespace Tombolo.Lab.Processes;

/// <summary>Finds processes by what they cannot lose by chance: their namespaces and the environment they began with.</summary>
internal static class ProcessTable
{
    /// <summary>In the environment of every process that a lab starts: its instance.</summary>
    public const string InstanceVariable = "TOMBOLO_INSTANCE";

    /// <summary>In the environment of every process of a pod: its sandbox's id.</summary>
    public const string SandboxVariable = "TOMBOLO_SANDBOX";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Those with <c>name=value</c> in their first environment; never ourselves.</summary>
    public static List<ProcessId> WithVariable(string name, string value)
    {
        var wanted = Encoding.UTF8.GetBytes($"\0{name}={value}\0");
        return Where(pid => Environment(pid).AsSpan().IndexOf(wanted) >= 0);
    }

    /// <summary>Whether its first environment has the variable, whatever its value.</summary>
    public static bool HasVariable(int pid, string name) =>
        Environment(pid).AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\0{name}=")) >= 0;

    /// <summary>Those in one of the namespaces, told as <c>net:[4026532281]</c>; never ourselves.</summary>
    public static List<ProcessId> InNamespaces(IReadOnlySet<string> namespaces) =>
        namespaces.Count == 0
            ? []
            : Where(pid =>
                NamespaceOf(pid, "net") is { } net && namespaces.Contains(net)
                || NamespaceOf(pid, "mnt") is { } mount && namespaces.Contains(mount)
            );

    /// <summary>The namespace behind a file, told as <c>net:[4026532281]</c>; null if the file names none (any more).</summary>
    public static string? NamespaceAt(string path)
    {
        try
        {
            return Netns.Run(path, () => NamespaceOf("thread-self", "net"));
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    public static string? NamespaceOf(int pid, string kind) => NamespaceOf($"{pid}", kind);

    /// <summary>Kills until <paramref name="find"/> finds none: what a dying process forked is found in the next round.</summary>
    /// <returns>How many were there.</returns>
    public static async Task<int> KillAllAsync(Func<List<ProcessId>> find, CancellationToken cancel)
    {
        var killed = new HashSet<ProcessId>();
        for (var found = find(); found.Count > 0; found = find())
        {
            foreach (var process in found)
            {
                process.Signal(Tombolo.Linux.Processes.SigKill);
                killed.Add(process);
            }
            await Task.Delay(Look, cancel);
        }
        return killed.Count;
    }

    /// <returns>False if it lives on after the time.</returns>
    public static async Task<bool> EndedAsync(ProcessId process, TimeSpan within, CancellationToken cancel)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (process.IsAlive)
        {
            if (TimeProvider.System.GetElapsedTime(until) > within)
            {
                return false;
            }
            await Task.Delay(Look, cancel);
        }
        return true;
    }

    // Each variable between two zero octets; nothing of a process that is gone.
    private static byte[] Environment(int pid)
    {
        try
        {
            return [0, .. File.ReadAllBytes($"/proc/{pid}/environ")];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? NamespaceOf(string process, string kind)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/{kind}").LinkTarget;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static List<ProcessId> Where(Func<int, bool> holds)
    {
        var found = new List<ProcessId>();
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), out var pid) && pid != System.Environment.ProcessId && holds(pid))
            {
                var process = ProcessId.Of(pid);
                if (process.StartTime != 0)
                {
                    found.Add(process);
                }
            }
        }
        return found;
    }
}
