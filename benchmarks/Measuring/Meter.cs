using System.Diagnostics;

namespace Tombolo.Benchmarks.Measuring;

/// <summary>Reads before and after a slice what it cost.</summary>
/// <remarks>This kernel accounts software interrupts to whom they interrupt: with both ends pinned, the packets' cost is in
/// the ends' own run time and in ksoftirqd's (schedstat, nanoseconds).</remarks>
internal sealed class Meter
{
    private static readonly int[] Ksoftirqd =
    [
        .. Directory
            .GetDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Where(path => ReadOrEmpty($"{path}/comm").StartsWith("ksoftirqd/", StringComparison.Ordinal))
            .Select(path => int.Parse(Path.GetFileName(path))),
    ];

    private readonly IReadOnlyList<int> pids;
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly double own;
    private readonly double self = Self();
    private readonly double busy = Usage.BusySeconds();
    private readonly double softirq = Softirq();
    private readonly double pressure = Pressure();

    /// <param name="servers">Processes that outlive the slice and work for it.</param>
    public Meter(params IEnumerable<int> servers)
    {
        pids = [.. servers, .. Ksoftirqd];
        own = pids.Sum(RunSeconds);
    }

    /// <param name="clients">CPU seconds of processes that came and went within the slice.</param>
    public Sample Stop(
        string arm,
        string measure,
        double work,
        double clients,
        double wall = 0,
        double p50 = 0,
        double p99 = 0
    )
    {
        var cpu = pids.Sum(RunSeconds) - own + clients;
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var others = Usage.BusySeconds() - busy - cpu - (Self() - self);
        return new Sample(
            arm,
            measure,
            work,
            cpu,
            wall > 0 ? wall : elapsed,
            p50,
            p99,
            Math.Max(0, others) / (elapsed * Environment.ProcessorCount),
            (Pressure() - pressure) / elapsed,
            Softirq() - softirq
        );
    }

    /// <summary>Seconds that all threads of a process ran.</summary>
    public static double RunSeconds(int pid)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{pid}/task").Sum(task => First(ReadOrEmpty($"{task}/schedstat")))
                / 1e9;
        }
        catch (DirectoryNotFoundException)
        {
            return 0; // it ended; whoever waited for it knows what it took
        }
    }

    private static double Self() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static double First(string text) => text.Length == 0 ? 0 : double.Parse(text.Split(' ')[0]);

    private static double Softirq() =>
        double.Parse(File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[7]) / 100;

    private static double Pressure() =>
        File.Exists("/proc/pressure/cpu")
            ? double.Parse(File.ReadLines("/proc/pressure/cpu").First().Split("total=")[1]) / 1e6
            : 0;

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // it ended between listing and reading
        }
    }
}
