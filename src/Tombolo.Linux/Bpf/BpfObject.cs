using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>
/// An ELF object of BPF programs and maps: opened, adjusted, then loaded once. Handles taken from it are copies and
/// outlive it.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private const int LogSize = 4 << 20;
    private readonly string path;
    private readonly nint handle;
    private readonly Dictionary<string, nint> maps;
    private readonly Dictionary<string, nint> programs;

    private BpfObject(string path, nint handle)
    {
        this.path = path;
        this.handle = handle;
        maps = Named(LibBpf.bpf_object__next_map, LibBpf.bpf_map__name);
        programs = Named(LibBpf.bpf_object__next_program, LibBpf.bpf_program__name);
    }

    /// <summary>Names of its maps, those of its data sections too (<c>.rodata.…</c>).</summary>
    public IEnumerable<string> Maps => maps.Keys;

    public IEnumerable<string> Programs => programs.Keys;

    /// <exception cref="LinuxException">No such file, or not an object that libbpf reads.</exception>
    public static BpfObject Open(string path)
    {
        var handle = LibBpf.Listening(() => LibBpf.bpf_object__open_file(path, 0), out var said);
        return handle == 0
            ? throw LinuxException.Last("bpf: open", path, string.Join("; ", said))
            : new BpfObject(path, handle);
    }

    public void SetMaxEntries(string map, uint entries) =>
        LinuxException.Check(LibBpf.bpf_map__set_max_entries(Map(map), entries), "bpf: size map", map);

    /// <summary>Leaves a map out that no program uses.</summary>
    public void Omit(string map) =>
        LinuxException.Check(LibBpf.bpf_map__set_autocreate(Map(map), false), "bpf: omit map", map);

    /// <summary>Takes the map pinned there when loading, if it fits, else pins the new one there.</summary>
    public void SetPin(string map, string pin) =>
        LinuxException.Check(LibBpf.bpf_map__set_pin_path(Map(map), pin), "bpf: set pin of map", map);

    /// <summary>Changes the first value of a read-only data section, before the verifier takes it as constant.</summary>
    public void SetConstant<T>(string section, T value)
        where T : unmanaged
    {
        nuint size;
        var start = LibBpf.bpf_map__initial_value(Map(section), &size);
        if (start == null || size < (nuint)sizeof(T))
        {
            throw new LinuxException("bpf: set constant in", section, Errno.EINVAL, $"{size} octets, not {sizeof(T)}");
        }
        *(T*)start = value;
    }

    /// <exception cref="VerifierException">The verifier refused a program.</exception>
    /// <exception cref="LinuxException">A map could not be made or taken: EINVAL is a pinned one of another shape.</exception>
    public void Load()
    {
        var logs = programs.ToDictionary(program => program.Key, _ => (nint)NativeMemory.AllocZeroed(LogSize));
        try
        {
            foreach (var (name, program) in programs)
            {
                LibBpf.bpf_program__set_log_buf(program, (byte*)logs[name], LogSize);
            }
            if (LibBpf.Listening(() => LibBpf.bpf_object__load(handle), out var said) < 0)
            {
                var failure = LinuxException.Last("bpf: load", path, string.Join("; ", said));
                foreach (var (name, log) in logs)
                {
                    if (Marshal.PtrToStringUTF8(log) is { Length: > 0 } text)
                    {
                        throw new VerifierException(name, text);
                    }
                }
                throw failure;
            }
        }
        finally
        {
            foreach (var (name, program) in programs)
            {
                LibBpf.bpf_program__set_log_buf(program, null, 0);
                NativeMemory.Free((void*)logs[name]);
            }
        }
    }

    /// <summary>A handle of a loaded program.</summary>
    public BpfProgram Program(string name) =>
        new(
            name,
            Duplicate(
                LibBpf.bpf_program__fd(
                    programs.TryGetValue(name, out var program)
                        ? program
                        : throw new LinuxException("bpf: find program", name, Errno.ENOENT)
                ),
                name
            )
        );

    /// <summary>A handle of a loaded map.</summary>
    public BpfMap<TKey, TValue> Map<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged => new(name, Duplicate(LibBpf.bpf_map__fd(Map(name)), name));

    /// <summary>A handle of a loaded map with a value for each CPU.</summary>
    public BpfPerCpuMap<TKey, TValue> PerCpuMap<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged => new(name, Duplicate(LibBpf.bpf_map__fd(Map(name)), name));

    /// <summary>A loaded ring buffer, mapped.</summary>
    public BpfRing<T> Ring<T>(string name)
        where T : unmanaged => new(name, Duplicate(LibBpf.bpf_map__fd(Map(name)), name));

    public void Dispose() => LibBpf.bpf_object__close(handle);

    private nint Map(string name) =>
        maps.TryGetValue(name, out var map) ? map : throw new LinuxException("bpf: find map", name, Errno.ENOENT);

    private static SafeFileHandle Duplicate(int fd, string on)
    {
        const int duplicateCloexec = 1030; // F_DUPFD_CLOEXEC
        var copy = LinuxException.Check(Libc.fcntl(fd, duplicateCloexec, 0), "bpf: duplicate handle of", on);
        return new SafeFileHandle(copy, ownsHandle: true);
    }

    private Dictionary<string, nint> Named(Func<nint, nint, nint> next, Func<nint, nint> name)
    {
        var found = new Dictionary<string, nint>();
        for (var item = next(handle, 0); item != 0; item = next(handle, item))
        {
            found[Marshal.PtrToStringUTF8(name(item)) ?? ""] = item;
        }
        return found;
    }
}
