using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>
/// A ring buffer of the kernel with records of one type, read where they lie. There is one place of reading: for one caller at
/// a time, and for one process.
/// </summary>
/// <remarks>
/// Layout (Documentation/bpf/ringbuf.rst): a page with the reader's position, which we write; a page with the writers', which
/// we may only read; the records, mapped twice in a row, so that none is ever split. A record: its length with two flags in
/// the topmost bits, four octets that are the kernel's, the record, padding to eight octets.
/// </remarks>
public sealed unsafe class BpfRing<T> : IDisposable
    where T : unmanaged
{
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;
    private const int Header = 8;

    private readonly SafeFileHandle handle;
    private readonly nuint page = (nuint)Environment.SystemPageSize;
    private readonly nuint size;
    private readonly byte* records;
    private ulong* reader;
    private ulong* writer;

    /// <exception cref="LinuxException">The map is no ring buffer, or cannot be mapped.</exception>
    internal BpfRing(string name, SafeFileHandle handle)
    {
        Name = name;
        this.handle = handle;
        size = MapShape.Of(handle, name).MaxEntries;
        try
        {
            reader = (ulong*)Libc.Map(handle, page, Libc.MapRead | Libc.MapWrite, 0, $"ring {name}");
            writer = (ulong*)Libc.Map(handle, page + 2 * size, Libc.MapRead, page, $"ring {name}");
        }
        catch (LinuxException)
        {
            Dispose();
            throw;
        }
        records = (byte*)writer + page;
    }

    public string Name { get; }

    /// <summary>What was written since the last call, oldest first; at most so many records.</summary>
    public List<T> Read(int most)
    {
        var found = new List<T>();
        var at = *reader; // nobody else writes it
        var end = Volatile.Read(ref *writer);
        while (at < end && found.Count < most)
        {
            var record = records + (at & (size - 1));
            // Filled after its place was taken: until then nothing behind it is given either.
            var length = Volatile.Read(ref *(uint*)record);
            if ((length & Busy) != 0)
            {
                break;
            }
            if ((length & Discarded) == 0 && length == sizeof(T))
            {
                found.Add(*(T*)(record + Header));
            }
            at += ((length & ~Discarded) + Header + 7) & ~7ul;
        }
        Volatile.Write(ref *reader, at);
        return found;
    }

    /// <summary>Passes over what is there: what nobody was waiting for.</summary>
    public void Skip()
    {
        while (Read(int.MaxValue).Count > 0) { }
    }

    public void Dispose()
    {
        Libc.Unmap(reader, page);
        Libc.Unmap(writer, page + 2 * size);
        reader = writer = null;
        handle.Dispose();
    }
}
