using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux;

/// <summary>
/// A pseudo-terminal: a program gets <see cref="Path"/> as its terminal (<c>setsid --ctty</c> with standard streams on
/// it), its keeper reads and writes <see cref="Controller"/>.
/// </summary>
public sealed class Pty : IDisposable
{
    private const nuint SetWindowSize = 0x5414; // TIOCSWINSZ
    private readonly SafeFileHandle controller;

    private Pty(SafeFileHandle controller, string path)
    {
        this.controller = controller;
        Path = path;
        Controller = new FileStream(controller, FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>The program's side, <c>/dev/pts/N</c>.</summary>
    public string Path { get; }

    /// <summary>The keeper's side. A read gives EIO (an <see cref="IOException"/>) once no program holds the terminal.</summary>
    public Stream Controller { get; }

    public static unsafe Pty Open()
    {
        var flags = Libc.OpenReadWrite | Libc.OpenNoControllingTerminal | Libc.OpenCloexec;
        var controller = Libc.posix_openpt(flags);
        if (controller.IsInvalid)
        {
            throw LinuxException.Last("pty: open", "/dev/ptmx");
        }
        LinuxException.Check(Libc.grantpt(controller), "pty: grant", "/dev/ptmx");
        LinuxException.Check(Libc.unlockpt(controller), "pty: unlock", "/dev/ptmx");
        var name = stackalloc byte[64];
        var error = Libc.ptsname_r(controller, name, 64);
        if (error != 0)
        {
            throw new LinuxException("pty: name", "/dev/ptmx", (Errno)error);
        }
        return new Pty(controller, Encoding.ASCII.GetString(name, new Span<byte>(name, 64).IndexOf((byte)0)));
    }

    /// <summary>Tells the terminal its size; the program in front gets SIGWINCH.</summary>
    public unsafe void Resize(ushort columns, ushort rows)
    {
        var size = stackalloc ushort[] { rows, columns, 0, 0 };
        LinuxException.Check(Libc.ioctl(controller, SetWindowSize, size), "pty: resize", Path);
    }

    public void Dispose() => Controller.Dispose();
}
