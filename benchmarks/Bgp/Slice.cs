using System.Diagnostics;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>One run of one implementation, from its start to the moment when it has nothing left to do.</summary>
/// <param name="CpuSeconds">Of the speaker alone, from the first route on.</param>
/// <param name="Octets">Resident memory that the routes added.</param>
/// <param name="Foreign">Share of the machine's busy time that was neither the speaker's nor ours.</param>
/// <param name="Delivered">Routes that all neighbours were sent.</param>
internal sealed record Slice(
    double CpuSeconds,
    double WallSeconds,
    long Octets,
    long TotalOctets,
    double Foreign,
    long Delivered
)
{
    public static Slice Run(string kind, Testbed bed, int neighbors, int routes, int shared, long expected)
    {
        using var target = SpeakerUnderTest.Start(kind, bed, neighbors);
        using var inject =
            Process.Start(
                new ProcessStartInfo(
                    "ip",
                    [
                        "netns",
                        "exec",
                        bed.NeighborNamespace,
                        "dotnet",
                        Path.Combine(AppContext.BaseDirectory, "Tombolo.Benchmarks.dll"),
                        "bgp-neighbors",
                        $"{neighbors}",
                        $"{routes}",
                        $"{shared}",
                        $"{SpeakerUnderTest.HoldSeconds(kind)}",
                    ]
                )
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                }
            ) ?? throw new InvalidOperationException("cannot start neighbours");
        try
        {
            Expect(inject, "up");
            WaitIdle(target.Pid);
            var (cpu, memory, busy) = (
                Usage.CpuSeconds(target.Pid),
                Usage.ResidentOctets(target.Pid),
                Usage.BusySeconds()
            );
            var injected = Usage.CpuSeconds(inject.Id);
            var watch = Stopwatch.StartNew();
            inject.StandardInput.WriteLine();
            Expect(inject, "sent");
            var (delivered, before, stalled) = (0L, 0L, 0);
            TimeSpan last;
            do
            {
                last = WaitIdle(target.Pid, watch);
                inject.StandardInput.WriteLine();
                delivered = long.Parse(inject.StandardOutput.ReadLine() ?? "0");
                stalled = delivered > before ? 0 : stalled + 1;
                before = delivered;
                // Idle and nothing more for five looks: it has sent what it will; the slice says how much that was.
            } while (delivered < expected && stalled < 5);
            var used = Usage.CpuSeconds(target.Pid) - cpu;
            var all = Usage.BusySeconds() - busy;
            var foreign = Math.Max(0, all - used - (Usage.CpuSeconds(inject.Id) - injected)) / all;
            var resident = Usage.ResidentOctets(target.Pid);
            return new Slice(used, last.TotalSeconds, resident - memory, resident, foreign, delivered);
        }
        finally
        {
            inject.Kill();
            inject.WaitForExit();
        }
    }

    private static void Expect(Process process, string word)
    {
        var line = process.StandardOutput.ReadLineAsync();
        if (!line.Wait(TimeSpan.FromMinutes(2)) || line.Result != word)
        {
            throw new InvalidOperationException(
                $"no '{word}' from the neighbours: not all sessions came up, or not all was taken"
            );
        }
    }

    // Idle: less than 2 % of a CPU over 400 ms. Gives when that began.
    private static TimeSpan WaitIdle(int pid, Stopwatch? watch = null)
    {
        var before = Usage.CpuSeconds(pid);
        while (true)
        {
            var at = watch?.Elapsed ?? default;
            Task.Delay(400).Wait();
            var now = Usage.CpuSeconds(pid);
            if (now - before < 0.011)
            {
                return at;
            }
            before = now;
        }
    }
}
