using System.Runtime.InteropServices;
using System.Text;

namespace Tombolo.Linux;

/// <summary>A cursor over the attributes of a netlink answer; stops at the first that does not fit.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> rest)
{
    private const ushort TypeMask = 0x3fff; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
    private ReadOnlySpan<byte> rest = rest;

    public bool TryNext(out ushort type, out ReadOnlySpan<byte> payload)
    {
        type = 0;
        payload = default;
        if (rest.Length < 4)
        {
            return false;
        }
        var length = MemoryMarshal.Read<ushort>(rest);
        if (length < 4 || length > rest.Length)
        {
            return false;
        }
        type = (ushort)(MemoryMarshal.Read<ushort>(rest[2..]) & TypeMask);
        payload = rest[4..length];
        rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        return true;
    }

    public static uint Number(ReadOnlySpan<byte> payload) =>
        payload.Length switch
        {
            >= 4 => MemoryMarshal.Read<uint>(payload),
            >= 2 => MemoryMarshal.Read<ushort>(payload),
            _ => 0,
        };

    public static string Text(ReadOnlySpan<byte> payload) => Encoding.UTF8.GetString(payload).TrimEnd('\0');
}
