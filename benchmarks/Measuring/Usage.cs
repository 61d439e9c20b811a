namespace Tombolo.Benchmarks.Measuring;

/// <summary>CPU and memory of processes, from /proc.</summary>
internal static class Usage
{
    /// <summary>CPU seconds of a process and all its threads so far.</summary>
    public static double CpuSeconds(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        // utime and stime, fields 14 and 15 of proc(5), in ticks of 10 ms; the kernel scales them to true run time.
        return (long.Parse(words[11]) + long.Parse(words[12])) / 100.0;
    }

    public static long ResidentOctets(int pid)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/smaps_rollup"))
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
            }
        }
        return 0;
    }

    /// <summary>CPU seconds that all CPUs together were busy since boot; steal counts.</summary>
    public static double BusySeconds()
    {
        var words = File.ReadLines("/proc/stat")
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(long.Parse)
            .ToArray();
        return (words.Take(8).Sum() - words[3] - words[4]) / 100.0;
    }
}
