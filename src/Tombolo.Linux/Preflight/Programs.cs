using Tombolo.Linux.Bpf;

namespace Tombolo.Linux.Preflight;

/// <summary>The compiled programs as this kernel's verifier sees them.</summary>
public static class Programs
{
    /// <summary>Loads an object's maps and programs, attaches none, and lets them go.</summary>
    public static Finding Look(string path) =>
        Finding.Try(
            "programs",
            Level.Fail,
            "tell us the kernel's version and this message",
            () =>
            {
                using var programs = BpfObject.Open(path);
                programs.Load();
                return $"{programs.Programs.Count()} of {Path.GetFileName(path)} verified";
            }
        );
}
