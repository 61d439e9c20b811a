using System.Runtime.InteropServices;
using Tombolo.Values;

namespace Tombolo.Agent.Datapath;

/// <summary>The six octets of a MAC in a map; three half words, as a C array of six octets may lie at any even offset.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MacOctets(ushort First, ushort Second, ushort Third)
{
    public static MacOctets From(Mac mac)
    {
        Span<byte> octets = stackalloc byte[6];
        mac.Write(octets);
        return MemoryMarshal.Read<MacOctets>(octets);
    }

    public Mac ToMac() => Mac.Read(MemoryMarshal.AsBytes(new ReadOnlySpan<MacOctets>(in this)));
}
