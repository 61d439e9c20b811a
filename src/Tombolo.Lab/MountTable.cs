namespace Tombolo.Lab;

/// <summary>What is mounted in this process's mount namespace.</summary>
internal static class MountTable
{
    /// <summary>Targets of all mounts at or below a directory, deepest first.</summary>
    public static IReadOnlyList<string> Below(string directory) =>
        [
            .. File.ReadLines("/proc/self/mountinfo")
                .Select(line => line.Split(' ')[4].Replace(@"\040", " ", StringComparison.Ordinal))
                .Where(target => target == directory || target.StartsWith(directory + "/", StringComparison.Ordinal))
                .OrderByDescending(target => target.Length),
        ];

    public static bool Has(string target) => Below(target).Contains(target);
}
