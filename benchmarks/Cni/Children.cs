using System.Runtime.InteropServices;

namespace Tombolo.Benchmarks.Cni;

/// <summary>What children that ended have cost, theirs too.</summary>
internal static class Children
{
    private const int RusageChildren = -1;

    public static double CpuSeconds()
    {
        var usage = new long[18]; // struct rusage, getrusage(2): two timevals first
        return getrusage(RusageChildren, usage) == 0
            ? usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6
            : throw new InvalidOperationException("getrusage failed");
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int getrusage(int who, [Out] long[] usage);
}
