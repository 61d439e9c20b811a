using System.Text.Json;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>Lets the kernel count runs of BPF programs and their time (<c>kernel.bpf_stats_enabled</c>), as it was after.</summary>
internal sealed class ProgramClock : IDisposable
{
    private const string Switch = "/proc/sys/kernel/bpf_stats_enabled";
    private readonly string before = File.ReadAllText(Switch);

    public ProgramClock() => File.WriteAllText(Switch, "1");

    /// <returns>Nanoseconds a run of each program, and how often it ran.</returns>
    public static string Count(IEnumerable<(string Name, uint Id)> programs, Action load)
    {
        var all = programs.ToList();
        var start = all.Select(program => Read(program.Id)).ToList();
        load();
        return string.Join(
            ", ",
            all.Zip(start, (program, then) => (program.Name, Now: Read(program.Id), Then: then))
                .GroupBy(
                    one => one.Name,
                    (name, ones) =>
                        (
                            name,
                            Time: ones.Sum(one => one.Now.Time - one.Then.Time),
                            Runs: ones.Sum(one => one.Now.Runs - one.Then.Runs)
                        )
                )
                .Where(one => one.Runs > 0)
                .Select(one => $"{one.name} {one.Time / one.Runs} ns x {one.Runs}")
        );
    }

    public void Dispose() => File.WriteAllText(Switch, before);

    private static (long Time, long Runs) Read(uint id)
    {
        using var shown = JsonDocument.Parse(Shell.Check("bpftool", "-j", "prog", "show", "id", $"{id}"));
        long Number(string name) => shown.RootElement.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
        return (Number("run_time_ns"), Number("run_cnt"));
    }
}
