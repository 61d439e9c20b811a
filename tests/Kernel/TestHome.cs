using Tombolo.Linux;

namespace Tombolo.Tests.Kernel;

/// <summary>
/// A directory of one test under /run, for namespaces and mounts. Whatever became of the test, nothing stays: what is left
/// goes at the process's end, and what a killed process left at the start of the next.
/// </summary>
internal static class TestHome
{
    private const string Start = "/run/tombolo-test-";
    private static int count;

    static TestHome()
    {
        foreach (var home in Directory.GetDirectories("/run", "tombolo-test-*"))
        {
            var process = home[Start.Length..].Split('-')[0];
            if (process != $"{Environment.ProcessId}" && !Directory.Exists($"/proc/{process}"))
            {
                Remove(home);
            }
        }
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            foreach (var home in Directory.GetDirectories("/run", $"tombolo-test-{Environment.ProcessId}-*"))
            {
                Remove(home);
            }
        };
    }

    public static string Make()
    {
        var home = $"{Start}{Environment.ProcessId}-{Interlocked.Increment(ref count)}";
        Directory.CreateDirectory(home);
        return home;
    }

    /// <summary>Unmounts all below it and removes it.</summary>
    public static void Remove(string home)
    {
        var mounts = File.ReadAllLines("/proc/self/mountinfo")
            .Select(line => line.Split(' ')[4])
            .Where(path => path.StartsWith(home + "/", StringComparison.Ordinal));
        foreach (var path in mounts.Reverse())
        {
            Mounts.Detach(path);
        }
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
