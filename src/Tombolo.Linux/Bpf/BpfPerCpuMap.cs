using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>A map with a value for each possible CPU, for counters.</summary>
public sealed unsafe class BpfPerCpuMap<TKey, TValue> : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    private static readonly int Cpus = PossibleCpus();
    private static readonly int Stride = (sizeof(TValue) + 7) & ~7;
    private readonly SafeFileHandle handle;

    internal BpfPerCpuMap(string name, SafeFileHandle handle)
    {
        Name = name;
        this.handle = handle;
    }

    public string Name { get; }

    /// <summary>Each key with its values, one for each CPU.</summary>
    public List<KeyValuePair<TKey, TValue[]>> Entries()
    {
        var found = new List<KeyValuePair<TKey, TValue[]>>();
        TKey key;
        TKey next;
        var argument = new Element { Map = Fd, Value = (ulong)&next };
        while (BpfCall.Try(BpfCall.MapNextKey, &argument) == 0)
        {
            if (TryGet(next, out var values))
            {
                found.Add(new(next, values));
            }
            key = next;
            argument.Key = (ulong)&key;
        }
        var failure = LinuxException.Last("bpf: read", Name);
        return failure.Errno == Errno.ENOENT ? found : throw failure;
    }

    public bool TryGet(TKey key, out TValue[] values)
    {
        values = [];
        var octets = new byte[Stride * Cpus];
        fixed (byte* first = octets)
        {
            var argument = new Element
            {
                Map = Fd,
                Key = (ulong)&key,
                Value = (ulong)first,
            };
            if (BpfCall.Try(BpfCall.MapLookup, &argument) < 0)
            {
                var failure = LinuxException.Last("bpf: lookup in", Name);
                return failure.Errno == Errno.ENOENT ? false : throw failure;
            }
        }
        values = new TValue[Cpus];
        for (var cpu = 0; cpu < Cpus; cpu++)
        {
            values[cpu] = MemoryMarshal.Read<TValue>(octets.AsSpan(cpu * Stride));
        }
        return true;
    }

    public bool Remove(TKey key)
    {
        var argument = new Element { Map = Fd, Key = (ulong)&key };
        if (BpfCall.Try(BpfCall.MapDelete, &argument) == 0)
        {
            return true;
        }
        var failure = LinuxException.Last("bpf: delete from", Name);
        return failure.Errno == Errno.ENOENT ? false : throw failure;
    }

    public void Dispose() => handle.Dispose();

    private uint Fd => (uint)BpfCall.Fd(handle);

    // "0-1" or "0-3,8": the kernel sizes per-CPU values by the highest possible CPU, not by those that are there.
    private static int PossibleCpus()
    {
        var last = File.ReadAllText("/sys/devices/system/cpu/possible").Trim().Split(',', '-')[^1];
        return int.Parse(last) + 1;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Element
    {
        public uint Map;
        public uint Pad;
        public ulong Key;
        public ulong Value;
        public ulong Flags;
    }
}
