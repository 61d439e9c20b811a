namespace Tombolo.Linux.Preflight;

/// <summary>Settings of the machine that let things work small and fail large.</summary>
public static class Limits
{
    private const long OpenFiles = 65_536; // a socket and a namespace a pod, a socket a peer, with room
    private const long Namespaces = 1_024;

    public static IReadOnlyList<Finding> Look() =>
        [
            new Finding("kernel", Level.Ok, $"Linux {Text("/proc/sys/kernel/osrelease")}"),
            OpenFilesOf(File.ReadLines("/proc/self/limits")),
            NamespacesOf(Text("/proc/sys/user/max_net_namespaces")),
            Cgroup(File.ReadLines("/proc/self/mounts")),
        ];

    internal static Finding OpenFilesOf(IEnumerable<string> limits)
    {
        var words = limits
            .FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            ?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var hard = words is { Length: > 4 } && long.TryParse(words[4], out var number) ? number : long.MaxValue;
        return hard >= OpenFiles
            ? new Finding("open files", Level.Ok, hard == long.MaxValue ? "no limit" : $"at most {hard}")
            : new Finding(
                "open files",
                Level.Warn,
                $"at most {hard}",
                $"raise the hard limit to {OpenFiles}: LimitNOFILE= of the unit, or ulimit -Hn"
            );
    }

    internal static Finding NamespacesOf(string most) =>
        long.TryParse(most, out var number) && number < Namespaces
            ? new Finding(
                "network namespaces",
                Level.Warn,
                $"at most {number}, one a pod",
                $"sysctl -w user.max_net_namespaces={Namespaces}"
            )
            : new Finding("network namespaces", Level.Ok, most.Length == 0 ? "no limit" : $"at most {most}");

    internal static Finding Cgroup(IEnumerable<string> mounts) =>
        mounts.Select(line => line.Split(' ')).FirstOrDefault(words => words.Length > 2 && words[2] == "cgroup2")
            is { } found
            ? new Finding("cgroup v2", Level.Ok, found[1])
            : new Finding(
                "cgroup v2",
                Level.Warn,
                "not mounted",
                "mount -t cgroup2 none /sys/fs/cgroup/unified; without it hosts will not reach services once there are any"
            );

    private static string Text(string file) => File.Exists(file) ? File.ReadAllText(file).Trim() : "";
}
