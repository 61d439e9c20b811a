using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tombolo.Linux.Bpf;

namespace Tombolo.Linux.Preflight;

/// <summary>Makes a map or a program of a type and lets it go: whether the kernel has it is found by doing.</summary>
internal static unsafe class BpfProbe
{
    private const int MapCreate = 0;
    private const int ProgramLoad = 5;

    /// <summary>From <c>enum bpf_map_type</c>.</summary>
    public enum MapType : uint
    {
        Hash = 1,
        Array = 2,
        PerCpuHash = 5,
        PerCpuArray = 6,
        LruHash = 9,
        LpmTrie = 11,
        RingBuffer = 27,
    }

    /// <summary>From <c>enum bpf_prog_type</c>, with the place where it is meant to go.</summary>
    public static readonly (uint Type, uint Hook) SchedClassifier = (3, 0);
    public static readonly (uint Type, uint Hook) CgroupConnect4 = (18, 10);

    /// <exception cref="LinuxException">The kernel has no such map, or we may not make one.</exception>
    public static void Map(MapType type)
    {
        const uint noPreallocation = 1;
        var argument = new MapArgument
        {
            Type = (uint)type,
            KeySize = type == MapType.RingBuffer ? 0u : 8,
            ValueSize = type == MapType.RingBuffer ? 0u : 8,
            MaxEntries = type == MapType.RingBuffer ? (uint)Environment.SystemPageSize : 1,
            Flags = type == MapType.LpmTrie ? noPreallocation : 0,
        };
        if (type is MapType.Array or MapType.PerCpuArray)
        {
            argument.KeySize = 4;
        }
        new SafeFileHandle(BpfCall.Do(MapCreate, &argument, "make map", $"{type}"), ownsHandle: true).Dispose();
    }

    /// <summary>Loads a program that calls one helper, if any, and ends with 0.</summary>
    /// <param name="helper">Number of a helper that takes (number, number): <c>bpf_redirect</c> and its like.</param>
    /// <exception cref="LinuxException">The kernel has no such program or helper, or we may not load.</exception>
    public static BpfProgram Program((uint Type, uint Hook) kind, string name, int? helper = null)
    {
        // r1 = 1; r2 = 0; call helper; r0 = 0; exit (Documentation/bpf/standardization/instruction-set.rst)
        ulong[] call = helper is { } number
            ? [0x00000001_0000_01b7, 0x00000000_0000_02b7, ((ulong)(uint)number << 32) | 0x85]
            : [];
        ulong[] instructions = [.. call, 0x00000000_0000_00b7, 0x00000000_0000_0095];
        var license = "GPL\0"u8;
        fixed (ulong* first = instructions)
        fixed (byte* text = license)
        {
            var argument = new ProgramArgument
            {
                Type = kind.Type,
                Count = (uint)instructions.Length,
                Instructions = (ulong)first,
                License = (ulong)text,
                Hook = kind.Hook,
            };
            var fd = BpfCall.Do(ProgramLoad, &argument, "load", name);
            return new BpfProgram(name, new SafeFileHandle(fd, ownsHandle: true));
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MapArgument
    {
        public uint Type;
        public uint KeySize;
        public uint ValueSize;
        public uint MaxEntries;
        public uint Flags;
        public uint InnerMap;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramArgument
    {
        public uint Type;
        public uint Count;
        public ulong Instructions;
        public ulong License;
        public uint LogLevel;
        public uint LogSize;
        public ulong Log;
        public uint KernelVersion;
        public uint Flags;
        public ulong NameLow;
        public ulong NameHigh;
        public uint Device;
        public uint Hook;
    }
}
