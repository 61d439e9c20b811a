using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tombolo.Agent.Datapath;

namespace Tombolo.Tests.Kernel;

/// <summary>Reads the pinned ring <c>events</c> by libbpf: another reader than the agent's own.</summary>
internal sealed unsafe partial class EventRing : IDisposable
{
    private readonly int map;
    private readonly nint ring;
    private readonly GCHandle self;
    private readonly List<EventRecord> taken = [];

    public EventRing(string pin)
    {
        map = bpf_obj_get(pin);
        Assert.True(map >= 0, $"nothing pinned at {pin}");
        self = GCHandle.Alloc(this);
        ring = ring_buffer__new(map, &Take, GCHandle.ToIntPtr(self), 0);
        Assert.NotEqual(0, ring);
    }

    /// <summary>What was written since the last call.</summary>
    public List<EventRecord> Read()
    {
        taken.Clear();
        Assert.True(ring_buffer__consume(ring) >= 0);
        return [.. taken];
    }

    public void Dispose()
    {
        ring_buffer__free(ring);
        _ = close(map);
        self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Take(nint reader, void* record, nuint size)
    {
        if (size != (nuint)sizeof(EventRecord))
        {
            return -1;
        }
        ((EventRing)GCHandle.FromIntPtr(reader).Target!).taken.Add(*(EventRecord*)record); // alive until it is freed
        return 0;
    }

    [LibraryImport("libbpf.so.1", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int bpf_obj_get(string path);

    [LibraryImport("libbpf.so.1")]
    private static partial nint ring_buffer__new(
        int map,
        delegate* unmanaged[Cdecl]<nint, void*, nuint, int> each,
        nint context,
        nint options
    );

    [LibraryImport("libbpf.so.1")]
    private static partial int ring_buffer__consume(nint ring);

    [LibraryImport("libbpf.so.1")]
    private static partial void ring_buffer__free(nint ring);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
