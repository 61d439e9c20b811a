using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux;

/// <summary>
/// Network namespaces named by a file, as <c>ip netns</c> and <c>unshare --net=FILE</c> name them. A thread that entered
/// one never goes back to the pool: it ends.
/// </summary>
public static class Netns
{
    /// <summary>Makes a namespace and binds it to <paramref name="path"/>, whose directory is made if missing.</summary>
    /// <exception cref="LinuxException">EEXIST: the path is there already; EPERM: not root.</exception>
    public static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!); // a full path has a directory
        var flags = Libc.OpenReadOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenCloexec;
        using (var file = Libc.open(path, flags, 0))
        {
            if (file.IsInvalid)
            {
                throw LinuxException.Last("netns: create", path);
            }
        }
        try
        {
            OnThread(() =>
            {
                LinuxException.Check(Libc.unshare(Libc.CloneNewNet), "netns: unshare for", path);
                Mounts.Bind("/proc/thread-self/ns/net", path);
                return true;
            });
        }
        catch (LinuxException)
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>
    /// Takes the name away; the namespace ends with its last process, socket or open handle. Removing the file also
    /// detaches its mount in every other mount namespace, so that none keeps the namespace alive.
    /// </summary>
    /// <returns>False if there was no such name.</returns>
    public static bool Delete(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }
        Mounts.Detach(path);
        File.Delete(path);
        return true;
    }

    /// <summary>Opens the namespace behind a name or a <c>/proc/PID/ns/net</c>.</summary>
    public static SafeFileHandle Open(string path)
    {
        var handle = Libc.open(path, Libc.OpenReadOnly | Libc.OpenCloexec, 0);
        return handle.IsInvalid ? throw LinuxException.Last("netns: open", path) : handle;
    }

    /// <summary>
    /// Runs <paramref name="body"/> on a thread inside the namespace. Threads that the body makes, by the pool too, are born
    /// in that namespace and hold it: keep the body small and synchronous. A child process inherits it, which is how to start one
    /// there.
    /// </summary>
    public static T Run<T>(string path, Func<T> body)
    {
        using var target = Open(path);
        return Run(target, path, body);
    }

    /// <inheritdoc cref="Run{T}(string, Func{T})"/>
    public static void Run(string path, Action body) =>
        Run(
            path,
            () =>
            {
                body();
                return true;
            }
        );

    /// <inheritdoc cref="Run{T}(string, Func{T})"/>
    public static T Run<T>(SafeFileHandle target, string name, Func<T> body) =>
        OnThread(() =>
        {
            LinuxException.Check(Libc.setns(target, Libc.CloneNewNet), "netns: enter", name);
            return body();
        });

    /// <summary>Writes a sysctl of the namespace, e.g. <c>net.ipv6.conf.all.forwarding</c>; dots or slashes.</summary>
    public static void WriteSysctl(string? path, string name, string value)
    {
        var file = SysctlFile(name);
        if (path is null)
        {
            Files.Write(file, value);
        }
        else
        {
            // /proc/sys/net shows the namespace of the thread that opens it.
            Run(path, () => Files.Write(file, value));
        }
    }

    /// <summary>Reads a sysctl of the namespace, without its line end.</summary>
    public static string ReadSysctl(string? path, string name)
    {
        var file = SysctlFile(name);
        return (path is null ? File.ReadAllText(file) : Run(path, () => File.ReadAllText(file))).TrimEnd('\n');
    }

    // An interface's name may hold dots: with a slash in the name, dots are left alone, as sysctl(8) does.
    private static string SysctlFile(string name) =>
        "/proc/sys/" + (name.Contains('/') ? name : name.Replace('.', '/'));

    internal static T OnThread<T>(Func<T> body)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = body();
            }
            // Whatever the body throws belongs to the caller's thread.
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        })
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!; // set, since nothing was thrown
    }
}
