using System.Runtime.InteropServices;

namespace Tombolo.Lab;

/// <summary>The C library's calls that the lab uses; each sets errno.</summary>
internal static partial class Native
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private const int GetDescriptorFlags = 1;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>Whether a file survives <c>exec</c>, and so reaches a child.</summary>
    public static void SetInherited(SafeHandle file, bool inherited)
    {
        var flags = fcntl(file, GetDescriptorFlags, 0);
        var wanted = inherited ? flags & ~CloseOnExec : flags | CloseOnExec;
        if (flags < 0 || fcntl(file, SetDescriptorFlags, wanted) < 0)
        {
            throw new IOException($"fcntl: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle file, int command, int argument);
}
