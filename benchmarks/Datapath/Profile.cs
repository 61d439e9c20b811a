using System.Globalization;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>
/// Where the CPU time of each arm goes, by the kernel's functions: samples of the whole machine by its clock (a virtual
/// machine has no counters), as microseconds of a unit of work.
/// </summary>
internal static class Profile
{
    private const int Shown = 14;

    public static void Run(string measure, IReadOnlyDictionary<string, Func<Sample>> arms)
    {
        foreach (var (arm, slice) in arms)
        {
            slice(); // warms up
            var (file, cpu, work) = (Path.GetTempFileName(), 0.0, 0.0);
            using (
                var perf = System.Diagnostics.Process.Start(
                    "perf",
                    ["record", "-q", "-a", "-g", "-F", "1999", "-e", "cpu-clock", "-o", file]
                )
            )
            {
                for (var i = 0; i < 3; i++)
                {
                    var one = slice();
                    (cpu, work) = (cpu + one.CpuPerWork * one.Work, work + one.Work);
                }
                Shell.Run("kill", "-INT", $"{perf.Id}");
                perf.WaitForExit();
            }
            var report = Shell.Check(
                "perf",
                "report",
                "--no-children",
                "-g",
                "none",
                "--stdio",
                "-q",
                "-s",
                "sym",
                "-i",
                file
            );
            File.Delete(file);
            Console.WriteLine($"{measure}, {arm}: {cpu / work * 1e6:0.000e0} us a unit; of all samples but idle:");
            foreach (var (share, symbol) in Read(report).Take(Shown))
            {
                Console.WriteLine($"  {share, 6:0.0} %  {symbol}");
            }
        }
    }

    private static List<(double Share, string Symbol)> Read(string report)
    {
        var all = report
            .Split('\n')
            .Select(line => line.Trim().Split('%', 2))
            .Where(words => words.Length == 2)
            .Select(words => (double.Parse(words[0], CultureInfo.InvariantCulture), words[1].Trim()))
            .Where(row =>
                !row.Item2.Contains("idle", StringComparison.Ordinal)
                && !row.Item2.Contains("pv_native_safe_halt", StringComparison.Ordinal)
            )
            .ToList();
        var sum = all.Sum(row => row.Item1);
        return [.. all.Select(row => (row.Item1 / sum * 100, row.Item2))];
    }
}
