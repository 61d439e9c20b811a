namespace Tombolo.Benchmarks.Measuring;

/// <summary>Where it was measured.</summary>
public sealed record Machine(string Kernel, string Cpu, int Cpus, string Commit)
{
    public static Machine Here()
    {
        var model =
            File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?? ":?";
        return new Machine(
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            model[(model.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim(),
            Environment.ProcessorCount,
            Shell.TryRun("git", "rev-parse", "--short", "HEAD").Trim()
        );
    }
}
