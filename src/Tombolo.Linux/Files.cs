using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux;

/// <summary>Files of the kernel (<c>/proc</c>, <c>/sys</c>), which want one write and answer with an errno.</summary>
public static class Files
{
    /// <summary>Writes text to an existing file by one <c>write</c>.</summary>
    public static unsafe void Write(string path, string text)
    {
        using var file = Libc.open(path, 1 | Libc.OpenCloexec, 0);
        if (file.IsInvalid)
        {
            throw LinuxException.Last("open", path);
        }
        var octets = Encoding.UTF8.GetBytes(text);
        fixed (byte* first = octets)
        {
            if (Libc.write(file, first, (nuint)octets.Length) != octets.Length)
            {
                throw LinuxException.Last("write", path, $"value '{text}'");
            }
        }
    }

    /// <summary>
    /// Takes the exclusive lock of a file (made if missing) until the handle is disposed or the process ends, however it
    /// ends.
    /// </summary>
    /// <returns>Null if another process holds it.</returns>
    public static SafeFileHandle? TryLock(string path)
    {
        const int exclusive = 2;
        const int nonBlocking = 4;
        var file = Libc.open(
            path,
            Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenCloexec,
            0x1a4 /* rw-r--r-- */
        );
        if (file.IsInvalid)
        {
            throw LinuxException.Last("open", path);
        }
        if (Libc.flock(file, exclusive | nonBlocking) == 0)
        {
            return file;
        }
        var failure = LinuxException.Last("lock", path);
        file.Dispose();
        return failure.Errno == Errno.EAGAIN ? null : throw failure;
    }
}
