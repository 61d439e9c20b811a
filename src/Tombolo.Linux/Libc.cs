using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux;

/// <summary>The C library's calls that this room uses; each sets errno.</summary>
internal static partial class Libc
{
    public const int AfInet = 2;
    public const int AfInet6 = 10;
    public const int AfNetlink = 16;
    public const int SockDgram = 2;
    public const int SockRaw = 3;
    public const int SockCloexec = 0x80000;

    public const int CloneNewNet = 0x40000000;

    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenExclusive = 0x80;
    public const int OpenNoControllingTerminal = 0x100;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloexec = 0x80000;

    public const int MapRead = 1;
    public const int MapWrite = 2;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(SafeHandle fd, int kind);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mount(string? source, string target, string? type, nuint flags, string? data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int bind(SafeHandle fd, void* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int setsockopt(SafeHandle fd, int level, int name, void* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint send(SafeHandle fd, void* octets, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint recv(SafeHandle fd, void* octets, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint read(SafeHandle fd, void* octets, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint write(SafeHandle fd, void* octets, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int ioctl(SafeHandle fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(SafeHandle fd, int operation);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int poll(PollFd* fds, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial SafeFileHandle posix_openpt(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int grantpt(SafeHandle fd);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unlockpt(SafeHandle fd);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int ptsname_r(SafeHandle fd, byte* name, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint syscall(nint number, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial void* mmap(
        void* address,
        nuint length,
        int protection,
        int flags,
        SafeHandle fd,
        nint offset
    );

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int munmap(void* address, nuint length);

    /// <summary>Maps a part of what a handle stands for, shared with the kernel and everyone else.</summary>
    public static unsafe void* Map(SafeHandle fd, nuint length, int protection, nuint offset, string on)
    {
        const int shared = 1;
        var mapped = mmap(null, length, protection, shared, fd, (nint)offset);
        return (nint)mapped == -1 ? throw LinuxException.Last("map", on) : mapped;
    }

    /// <summary>Takes a mapping away; null is none.</summary>
    public static unsafe void Unmap(void* address, nuint length)
    {
        if (address != null)
        {
            _ = munmap(address, length);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Results;
    }
}
