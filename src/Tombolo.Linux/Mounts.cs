namespace Tombolo.Linux;

/// <summary>Mounts of the calling process's mount namespace.</summary>
public static class Mounts
{
    private const nuint ReadOnlyFlag = 0x1;
    private const nuint RemountFlag = 0x20;
    private const nuint BindFlag = 0x1000;
    private const nuint RecursiveFlag = 0x4000;
    private const nuint PrivateFlag = 0x40000;
    private const int DetachFlag = 2;
    private const int NoFollowFlag = 8;

    /// <summary>Shows a file or directory at a second place, which must exist.</summary>
    public static void Bind(string source, string target, bool readOnly = false)
    {
        Mount(source, target, null, BindFlag, null);
        if (readOnly)
        {
            Mount(null, target, null, BindFlag | RemountFlag | ReadOnlyFlag, null);
        }
    }

    /// <summary>Mounts a BPF file system, where programs, maps and links are pinned; makes the directory.</summary>
    public static void BpfFs(string target)
    {
        Directory.CreateDirectory(target);
        Mount("bpf", target, "bpf", 0, "mode=0700");
    }

    /// <summary>Mounts a file system of another type, e.g. <c>tmpfs</c>; the directory must exist.</summary>
    public static void Add(string type, string target, string? options = null) => Mount(type, target, type, 0, options);

    /// <summary>Keeps mounts made under <paramref name="target"/> from spreading to other mount namespaces.</summary>
    public static void MakePrivate(string target) => Mount(null, target, null, PrivateFlag | RecursiveFlag, null);

    /// <summary>Takes a mount away at once, or when its last user lets go.</summary>
    /// <returns>False if nothing was mounted there.</returns>
    public static bool Detach(string target)
    {
        if (Libc.umount2(target, DetachFlag | NoFollowFlag) == 0)
        {
            return true;
        }
        var failure = LinuxException.Last("umount", target);
        return failure.Errno is Errno.EINVAL or Errno.ENOENT ? false : throw failure;
    }

    private static void Mount(string? source, string target, string? type, nuint flags, string? options)
    {
        if (Libc.mount(source, target, type, flags, options) < 0)
        {
            throw LinuxException.Last("mount", source is null ? target : $"{source} on {target}");
        }
    }
}
