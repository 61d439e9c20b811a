using System.Runtime.InteropServices;

namespace Tombolo.Linux;

/// <summary>
/// The kernel refused: which operation, on which object, and the error by name, as in
/// <c>netlink: add route 10.1.0.0/24 via 10.0.0.1: EEXIST</c>.
/// </summary>
public sealed class LinuxException(string operation, string on, Errno errno, string? detail = null)
    : IOException(
        $"{operation} {on}".TrimEnd()
            + $": {(Enum.IsDefined(errno) ? errno.ToString() : $"errno {(int)errno}")}"
            + (string.IsNullOrEmpty(detail) ? "" : $" ({detail})")
    )
{
    /// <summary>What was tried, e.g. <c>netlink: add route</c>.</summary>
    public string Operation { get; } = operation;

    /// <summary>On what, e.g. <c>10.1.0.0/24 via 10.0.0.1</c>.</summary>
    public string On { get; } = on;

    public Errno Errno { get; } = errno;

    /// <summary>From the error of this thread's last call.</summary>
    internal static LinuxException Last(string operation, string on, string? detail = null) =>
        new(operation, on, (Errno)Marshal.GetLastPInvokeError(), detail);

    /// <summary>Throws if a call gave a negative result; else gives the result back.</summary>
    internal static int Check(int result, string operation, string on) =>
        result < 0 ? throw Last(operation, on) : result;
}
