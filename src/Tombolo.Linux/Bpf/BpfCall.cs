using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>The <c>bpf(2)</c> system call: its commands, and its argument as a flat block of 160 octets.</summary>
internal static unsafe class BpfCall
{
    public const int MapLookup = 1;
    public const int MapUpdate = 2;
    public const int MapDelete = 3;
    public const int MapNextKey = 4;
    public const int ObjectPin = 6;
    public const int ObjectGet = 7;
    public const int ProgramTestRun = 10;
    public const int ObjectInfo = 15;
    public const int MapLookupBatch = 24;
    public const int MapUpdateBatch = 26;
    public const int MapDeleteBatch = 27;
    public const int LinkCreate = 28;
    public const int LinkUpdate = 29;
    public const int LinkDetach = 34;

    // SYS_bpf
    private static readonly nint Number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 321,
        Architecture.Arm64 => 280,
        var other => throw new PlatformNotSupportedException($"bpf(2) on {other}"),
    };

    public static int Fd(SafeHandle handle) => (int)handle.DangerousGetHandle();

    /// <summary>Gives the result, negative on failure with errno set.</summary>
    public static int Try<T>(int command, T* argument)
        where T : unmanaged => (int)Libc.syscall(Number, command, (nint)argument, sizeof(T), 0);

    public static int Do<T>(int command, T* argument, string operation, string on)
        where T : unmanaged => LinuxException.Check(Try(command, argument), "bpf: " + operation, on);

    public static void Pin(SafeHandle handle, string path)
    {
        var octets = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* first = octets)
        {
            var argument = new PathArgument { Path = (ulong)first, Fd = (uint)Fd(handle) };
            Do(ObjectPin, &argument, "pin", path);
        }
    }

    /// <summary>Opens a pinned map, program or link; null if nothing is pinned there.</summary>
    public static SafeFileHandle? TryGet(string path)
    {
        var octets = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* first = octets)
        {
            var argument = new PathArgument { Path = (ulong)first };
            var fd = Try(ObjectGet, &argument);
            if (fd >= 0)
            {
                return new SafeFileHandle(fd, ownsHandle: true);
            }
        }
        var failure = LinuxException.Last("bpf: get", path);
        return failure.Errno == Errno.ENOENT ? null : throw failure;
    }

    public static void Info(SafeHandle handle, Span<byte> info, string on)
    {
        fixed (byte* first = info)
        {
            var argument = new InfoArgument
            {
                Fd = (uint)Fd(handle),
                Length = (uint)info.Length,
                Info = (ulong)first,
            };
            Do(ObjectInfo, &argument, "get info of", on);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PathArgument
    {
        public ulong Path;
        public uint Fd;
        public uint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct InfoArgument
    {
        public uint Fd;
        public uint Length;
        public ulong Info;
    }
}
