using System.Buffers;
using System.Buffers.Binary;

namespace Tombolo.Bgp.Wire;

/// <summary>A growing buffer to write messages into; lengths that are known only afterwards are patched in place.</summary>
public sealed class OctetBuffer(int capacity = 4096) : IBufferWriter<byte>
{
    private byte[] octets = new byte[capacity];

    /// <summary>Octets written so far.</summary>
    public int Count { get; private set; }

    public Span<byte> Written => octets.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <summary>Octets already written, for a socket that takes segments; valid until more is written.</summary>
    public ArraySegment<byte> Segment(int start, int length) => new(octets, start, length);

    /// <summary>Forgets everything after the first <paramref name="count"/> octets.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    public void Advance(int count) => Count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return octets.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return octets.AsSpan(Count);
    }

    public void U8(int value)
    {
        Reserve(1);
        octets[Count++] = (byte)value;
    }

    public void U16(int value)
    {
        Reserve(2);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(Count), (ushort)value);
        Count += 2;
    }

    public void U24(uint value)
    {
        U8((int)(value >> 16));
        U16((int)(value & 0xffff));
    }

    public void U32(uint value)
    {
        Reserve(4);
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(Count), value);
        Count += 4;
    }

    public void U64(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64BigEndian(octets.AsSpan(Count), value);
        Count += 8;
    }

    public void Octets(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(octets.AsSpan(Count));
        Count += value.Length;
    }

    /// <summary>Leaves two octets open for a length and gives their place.</summary>
    public int OpenU16()
    {
        U16(0);
        return Count - 2;
    }

    /// <summary>Writes how many octets followed the two at <paramref name="place"/>.</summary>
    public void CloseU16(int place) =>
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(place), (ushort)(Count - place - 2));

    public void SetU8(int place, int value) => octets[place] = (byte)value;

    public void SetU16(int place, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(place), (ushort)value);

    private void Reserve(int count)
    {
        if (octets.Length - Count < count)
        {
            Array.Resize(ref octets, Math.Max(octets.Length * 2, Count + count));
        }
    }
}
