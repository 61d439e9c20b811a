using System.Runtime.InteropServices;

namespace Tombolo.Linux;

/// <summary>What one does to processes beside starting them: signals, descriptors that children inherit, namespaces of their own.</summary>
public static partial class Processes
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private const int GetDescriptorFlags = 1;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    // A thread that shares its root and working directory with others may not leave its mount namespace.
    private const int CloneFs = 0x200;
    private const int CloneNewMounts = 0x20000;
    private const int CloneNewUts = 0x4000000;

    /// <summary>Whether a file survives <c>exec</c>, and so reaches a child.</summary>
    public static void SetInherited(SafeHandle file, bool inherited)
    {
        var flags = fcntl(file, GetDescriptorFlags, 0);
        var wanted = inherited ? flags & ~CloseOnExec : flags | CloseOnExec;
        Check(flags, "fcntl");
        Check(fcntl(file, SetDescriptorFlags, wanted), "fcntl");
    }

    /// <summary>Gives the calling thread a mount and a UTS namespace of its own; the thread must never be used for other work.</summary>
    public static void UnshareMounts() => Check(unshare(CloneFs | CloneNewMounts | CloneNewUts), "unshare");

    /// <summary>Of the calling thread's UTS namespace.</summary>
    public static void SetHostname(string name) => Check(sethostname(name, (nuint)name.Length), "sethostname");

    /// <summary>Sends a signal; -1 if there is no such process, or it is not ours.</summary>
    public static int Signal(int pid, int signal) => kill(pid, signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle file, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sethostname(string name, nuint length);

    private static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw new IOException($"{call}: {(Errno)Marshal.GetLastPInvokeError()}");
        }
    }
}
