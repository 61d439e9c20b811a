using System.Diagnostics;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>One run of one implementation, from its start to the moment when it has nothing left to do.</summary>
/// <param name="CpuSeconds">Of the speaker alone, from the first route on.</param>
/// <param name="Octets">Resident memory that the routes added.</param>
/// <param name="BaseOctets">Resident memory before the first route, with all sessions up.</param>
/// <param name="Foreign">Share of the machine's CPU time that somebody else took.</param>
/// <param name="Delivered">Routes that all neighbours were sent.</param>
internal sealed record Slice(
    double CpuSeconds,
    double WallSeconds,
    long Octets,
    long BaseOctets,
    double Foreign,
    long Delivered
)
{
    /// <summary>Idle is not done, but idle and nothing more for this long is. FRR lets changes gather for 50 ms a neighbour
    /// before it sends any.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <exception cref="InvalidOperationException">It did not get there; the message says how far it was.</exception>
    public static Slice Run(string kind, Testbed bed, Load load, TimeSpan patience)
    {
        using var target = SpeakerUnderTest.Start(kind, bed, load.Neighbors);
        using var inject = bed.Start(
            bed.NeighborNamespace,
            "dotnet",
            Path.Combine(AppContext.BaseDirectory, "Tombolo.Benchmarks.dll"),
            "bgp-neighbors",
            $"{load.Neighbors}",
            $"{load.Each}",
            $"{load.Shared}",
            $"{SpeakerUnderTest.HoldSeconds(kind)}"
        );
        try
        {
            var limit = new Deadline(patience);
            Expect(inject, "up", limit, "not all sessions came up");
            WaitIdle(target, limit);
            var (cpu, memory) = (Usage.CpuSeconds(target.Pid), Usage.ResidentOctets(target.Pid));
            var (busy, known) = (Usage.BusySeconds(), Known(inject));
            limit = new Deadline(patience);
            inject.StandardInput.WriteLine();
            Expect(inject, "sent", limit, "not all routes were taken");
            var (delivered, before) = (0L, 0L);
            var (last, stalled) = (TimeSpan.Zero, new Deadline(Silence));
            do
            {
                last = WaitIdle(target, limit);
                inject.StandardInput.WriteLine();
                delivered = long.Parse(inject.StandardOutput.ReadLine() ?? "0");
                stalled = delivered > before ? new Deadline(Silence) : stalled;
                before = delivered;
            } while (delivered < load.Deliveries && stalled.Left > TimeSpan.Zero);
            var elapsed = limit.Elapsed.TotalSeconds;
            var used = Usage.CpuSeconds(target.Pid) - cpu;
            var others = Usage.BusySeconds() - busy - used - (Known(inject) - known);
            if (delivered < load.Deliveries)
            {
                throw new InvalidOperationException(
                    $"it had delivered {delivered} of {load.Deliveries} routes when it fell idle"
                );
            }
            return new Slice(
                used,
                last.TotalSeconds,
                Usage.ResidentOctets(target.Pid) - memory,
                memory,
                Math.Max(0, others) / (elapsed * Environment.ProcessorCount),
                delivered
            );
        }
        finally
        {
            bed.End(inject);
        }
    }

    // What the slice itself costs beside the speaker: the neighbours, and this process that looks on.
    private static double Known(Process inject) =>
        Usage.CpuSeconds(inject.Id) + Environment.CpuUsage.TotalTime.TotalSeconds;

    private static void Expect(Process process, string word, Deadline limit, string failure)
    {
        var line = process.StandardOutput.ReadLineAsync();
        if (!line.Wait(limit.Left) || line.Result != word)
        {
            throw new InvalidOperationException($"{failure} within {limit}");
        }
    }

    // Idle: less than 2 % of a CPU over 400 ms. Gives when that began.
    private static TimeSpan WaitIdle(SpeakerUnderTest target, Deadline limit)
    {
        var before = Usage.CpuSeconds(target.Pid);
        while (limit.Left > TimeSpan.Zero)
        {
            var at = limit.Elapsed;
            Thread.Sleep(400);
            if (target.HasEnded)
            {
                throw new InvalidOperationException($"it ended by itself: {target.LastWords}");
            }
            var now = Usage.CpuSeconds(target.Pid);
            if (now - before < 0.011)
            {
                return at;
            }
            before = now;
        }
        throw new InvalidOperationException($"still at work after {limit}");
    }
}
