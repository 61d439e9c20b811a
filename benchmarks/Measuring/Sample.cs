namespace Tombolo.Benchmarks.Measuring;

/// <summary>One slice: what was done, what it cost, and in what weather.</summary>
/// <param name="Work">Octets, round trips, connections or calls.</param>
/// <param name="CpuSeconds">Of both ends, with the kernel's work in their name and in ksoftirqd's.</param>
/// <param name="P50">Nanoseconds; 0 where there are no round trips.</param>
/// <param name="Foreign">Share of the machine's CPU time in the slice that somebody else took; steal counts.</param>
/// <param name="Pressure">Share of the slice in which some task waited for a CPU (PSI).</param>
/// <param name="Softirq">Seconds of all CPUs in software interrupts, by tick; a part of them is in CpuSeconds.</param>
/// <param name="Contended">The weather was bad three times over.</param>
internal sealed record Sample(
    string Arm,
    string Measure,
    double Work,
    double CpuSeconds,
    double WallSeconds,
    double P50,
    double P99,
    double Foreign,
    double Pressure,
    double Softirq,
    bool Contended = false
)
{
    public double CpuPerWork => CpuSeconds / Work;

    public double Rate => Work / WallSeconds;
}
