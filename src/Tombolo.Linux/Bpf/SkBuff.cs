using System.Runtime.InteropServices;

namespace Tombolo.Linux.Bpf;

/// <summary>
/// A program's context (<c>struct __sk_buff</c>), those fields that a test run takes or gives. 192 octets.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 192)]
public struct SkBuff
{
    [FieldOffset(0)]
    public uint Length;

    [FieldOffset(8)]
    public uint Mark;

    [FieldOffset(36)]
    public uint IngressIfIndex;

    /// <summary>Must be there in the caller's namespace.</summary>
    [FieldOffset(40)]
    public uint IfIndex;

    /// <summary>The control block's first word; four more follow.</summary>
    [FieldOffset(48)]
    public uint Control0;

    [FieldOffset(52)]
    public uint Control1;

    [FieldOffset(164)]
    public uint GsoSegments;

    [FieldOffset(176)]
    public uint GsoSize;
}
