namespace Tombolo.Linux.Bpf;

/// <summary>What is pinned in a BPF file system; null where nothing is.</summary>
public static class BpfPins
{
    public static BpfMap<TKey, TValue>? Map<TKey, TValue>(string path)
        where TKey : unmanaged
        where TValue : unmanaged =>
        BpfCall.TryGet(path) is { } handle ? new BpfMap<TKey, TValue>(Path.GetFileName(path), handle) : null;

    public static BpfPerCpuMap<TKey, TValue>? PerCpuMap<TKey, TValue>(string path)
        where TKey : unmanaged
        where TValue : unmanaged =>
        BpfCall.TryGet(path) is { } handle ? new BpfPerCpuMap<TKey, TValue>(Path.GetFileName(path), handle) : null;

    public static TcxLink? Link(string path) => BpfCall.TryGet(path) is { } handle ? new TcxLink(handle, path) : null;

    /// <summary>What the kernel says of the map pinned there.</summary>
    public static MapShape? Shape(string path)
    {
        using var handle = BpfCall.TryGet(path);
        return handle is null ? null : MapShape.Of(handle, path);
    }
}
