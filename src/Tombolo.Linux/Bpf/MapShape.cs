using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tombolo.Linux.Bpf;

/// <summary>What the kernel says of a map (<c>struct bpf_map_info</c>, its beginning).</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MapShape(uint Type, uint Id, int KeySize, int ValueSize, uint MaxEntries, uint Flags)
{
    internal static MapShape Of(SafeFileHandle handle, string name)
    {
        Span<byte> info = stackalloc byte[80];
        info.Clear();
        BpfCall.Info(handle, info, name);
        return MemoryMarshal.Read<MapShape>(info);
    }
}
