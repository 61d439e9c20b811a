using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Tombolo.Values;

namespace Tombolo.Linux;

/// <summary>
/// One netlink request being written: header, the family's fixed part, attributes padded to 4 octets, nested ones with
/// their length patched at the end. Numbers are in host order unless said otherwise.
/// </summary>
internal sealed class NetlinkMessage
{
    public const int HeaderSize = 16; // struct nlmsghdr: length u32, type u16, flags u16, sequence u32, port u32
    public const ushort Request = 0x1;
    public const ushort Acknowledge = 0x4;
    public const ushort Dump = 0x300;
    public const ushort Replace = 0x100;
    public const ushort Exclusive = 0x200;
    public const ushort Create = 0x400;

    private const ushort NestedFlag = 0x8000;
    private byte[] octets = new byte[256];

    public NetlinkMessage(ushort type, ushort flags)
    {
        Length = HeaderSize;
        MemoryMarshal.Write(octets.AsSpan(4), type);
        MemoryMarshal.Write(octets.AsSpan(6), (ushort)(flags | Request));
    }

    public int Length { get; private set; }

    public NetlinkMessage Put<T>(T fixedPart)
        where T : unmanaged
    {
        MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), fixedPart);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, ReadOnlySpan<byte> payload)
    {
        var room = Take(4 + payload.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(room, (ushort)(4 + payload.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(room[2..], type);
        payload.CopyTo(room[4..]);
        return this;
    }

    public NetlinkMessage Attribute(ushort type, uint value) =>
        Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public NetlinkMessage Attribute(ushort type, string text) => Attribute(type, Encoding.UTF8.GetBytes(text + '\0'));

    public NetlinkMessage Attribute(ushort type, Address address) => Attribute(type, address.ToArray());

    public NetlinkMessage Attribute(ushort type, Mac mac) => Attribute(type, mac.ToArray());

    /// <summary>An attribute that holds what <paramref name="content"/> writes.</summary>
    public NetlinkMessage Nest(ushort type, Action<NetlinkMessage> content)
    {
        var start = Length;
        Attribute((ushort)(type | NestedFlag), []);
        content(this);
        BinaryPrimitives.WriteUInt16LittleEndian(octets.AsSpan(start), (ushort)(Length - start));
        return this;
    }

    /// <summary>The whole message, with its length and sequence number filled in.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        MemoryMarshal.Write(octets, Length);
        MemoryMarshal.Write(octets.AsSpan(8), sequence);
        return octets.AsSpan(0, Length);
    }

    private Span<byte> Take(int size)
    {
        var padded = (size + 3) & ~3;
        if (Length + padded > octets.Length)
        {
            Array.Resize(ref octets, Math.Max(octets.Length * 2, Length + padded));
        }
        var room = octets.AsSpan(Length, size);
        Length += padded;
        return room;
    }
}
