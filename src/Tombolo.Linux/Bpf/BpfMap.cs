using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>How an update treats a key that is there already.</summary>
public enum MapUpdate : ulong
{
    Any = 0,

    /// <summary>EEXIST if it is there.</summary>
    New = 1,

    /// <summary>ENOENT if it is not.</summary>
    Existing = 2,
}

/// <summary>
/// A map of the kernel whose keys and values are copied octet by octet from structs that mirror the C ones. An array's key
/// is its index, <c>uint</c>.
/// </summary>
public sealed unsafe class BpfMap<TKey, TValue> : IDisposable
    where TKey : unmanaged
    where TValue : unmanaged
{
    private const int BatchSize = 1024;
    private readonly SafeFileHandle handle;

    /// <exception cref="LinuxException">EINVAL: the map's keys or values have another size.</exception>
    internal BpfMap(string name, SafeFileHandle handle)
    {
        Name = name;
        this.handle = handle;
        Shape = MapShape.Of(handle, name);
        if (Shape.KeySize != sizeof(TKey) || Shape.ValueSize != sizeof(TValue))
        {
            handle.Dispose();
            throw new LinuxException(
                "bpf: open map",
                name,
                Errno.EINVAL,
                $"key {Shape.KeySize} and value {Shape.ValueSize} octets, not {sizeof(TKey)} and {sizeof(TValue)}"
            );
        }
    }

    public string Name { get; }

    public MapShape Shape { get; }

    public bool TryGet(TKey key, out TValue value)
    {
        TValue found;
        var argument = new Element
        {
            Map = Fd,
            Key = (ulong)&key,
            Value = (ulong)&found,
        };
        if (BpfCall.Try(BpfCall.MapLookup, &argument) == 0)
        {
            value = found;
            return true;
        }
        value = default;
        var failure = LinuxException.Last("bpf: lookup in", Name);
        return failure.Errno == Errno.ENOENT ? false : throw failure;
    }

    /// <exception cref="LinuxException">E2BIG or ENOSPC: the map is full.</exception>
    public void Set(TKey key, TValue value, MapUpdate how = MapUpdate.Any)
    {
        var argument = new Element
        {
            Map = Fd,
            Key = (ulong)&key,
            Value = (ulong)&value,
            Flags = (ulong)how,
        };
        BpfCall.Do(BpfCall.MapUpdate, &argument, "update", $"{Name} at {key}");
    }

    /// <returns>False if there was no such key.</returns>
    public bool Remove(TKey key)
    {
        var argument = new Element { Map = Fd, Key = (ulong)&key };
        if (BpfCall.Try(BpfCall.MapDelete, &argument) == 0)
        {
            return true;
        }
        var failure = LinuxException.Last("bpf: delete from", $"{Name} at {key}");
        return failure.Errno == Errno.ENOENT ? false : throw failure;
    }

    /// <summary>Sets many; not atomic, in the order given.</summary>
    public void Set(IReadOnlyCollection<KeyValuePair<TKey, TValue>> entries)
    {
        foreach (var chunk in entries.Chunk(BatchSize))
        {
            if (chunk.Length == 1)
            {
                Set(chunk[0].Key, chunk[0].Value);
                continue;
            }
            var keys = Array.ConvertAll(chunk, entry => entry.Key);
            var values = Array.ConvertAll(chunk, entry => entry.Value);
            fixed (TKey* firstKey = keys)
            fixed (TValue* firstValue = values)
            {
                var batch = new Batch
                {
                    Map = Fd,
                    Keys = (ulong)firstKey,
                    Values = (ulong)firstValue,
                    Count = (uint)chunk.Length,
                };
                BpfCall.Do(BpfCall.MapUpdateBatch, &batch, "update", $"{Name}, {chunk.Length} entries");
            }
        }
    }

    /// <summary>Removes many; keys that are not there are passed over.</summary>
    public void Remove(IReadOnlyCollection<TKey> keys)
    {
        foreach (var chunk in keys.Chunk(BatchSize))
        {
            fixed (TKey* firstKey = chunk)
            {
                var batch = new Batch
                {
                    Map = Fd,
                    Keys = (ulong)firstKey,
                    Count = (uint)chunk.Length,
                };
                if (chunk.Length > 1 && BpfCall.Try(BpfCall.MapDeleteBatch, &batch) == 0)
                {
                    continue;
                }
            }
            // A batch stops at a key that is missing: then one by one.
            foreach (var key in chunk)
            {
                Remove(key);
            }
        }
    }

    /// <summary>
    /// Everything in the map: an array's entries from 0 to its size, a hash's in no order. A hash that changes meanwhile may
    /// give an entry twice or, if just made, not at all.
    /// </summary>
    public List<KeyValuePair<TKey, TValue>> Entries()
    {
        var found = new List<KeyValuePair<TKey, TValue>>();
        // A hash's batch gives whole buckets: room for the largest, grown on ENOSPC. Its cursor is a bucket number; an LPM's is
        // a key.
        var keys = new TKey[BatchSize];
        var values = new TValue[BatchSize];
        var cursors = stackalloc byte[2 * 64];
        var before = cursors;
        var after = cursors + 64;
        var isFirst = true;
        while (true)
        {
            fixed (TKey* firstKey = keys)
            fixed (TValue* firstValue = values)
            {
                var batch = new Batch
                {
                    In = isFirst ? 0 : (ulong)before,
                    Out = (ulong)after,
                    Keys = (ulong)firstKey,
                    Values = (ulong)firstValue,
                    Count = (uint)keys.Length,
                    Map = Fd,
                };
                var result = BpfCall.Try(BpfCall.MapLookupBatch, &batch);
                var failure = result < 0 ? LinuxException.Last("bpf: read", Name) : null;
                if (failure is { Errno: Errno.ENOSPC })
                {
                    Array.Resize(ref keys, keys.Length * 2);
                    Array.Resize(ref values, values.Length * 2);
                    continue;
                }
                if (failure is not null and not { Errno: Errno.ENOENT })
                {
                    throw failure;
                }
                for (var i = 0; i < batch.Count; i++)
                {
                    found.Add(new(keys[i], values[i]));
                }
                if (failure is not null)
                {
                    return found;
                }
            }
            var free = before;
            before = after;
            after = free;
            isFirst = false;
        }
    }

    public void Dispose() => handle.Dispose();

    private uint Fd => (uint)BpfCall.Fd(handle);

    [StructLayout(LayoutKind.Sequential)]
    private struct Element
    {
        public uint Map;
        public uint Pad;
        public ulong Key;
        public ulong Value;
        public ulong Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Batch
    {
        public ulong In;
        public ulong Out;
        public ulong Keys;
        public ulong Values;
        public uint Count;
        public uint Map;
        public ulong ElementFlags;
        public ulong Flags;
    }
}
