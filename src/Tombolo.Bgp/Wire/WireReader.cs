using System.Buffers.Binary;

namespace Tombolo.Bgp.Wire;

/// <summary>A cursor over received octets, big-endian; every Try moves wholly or not at all.</summary>
public ref struct WireReader(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> rest = octets;

    public readonly int Left => rest.Length;

    public readonly bool AtEnd => rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => rest;

    public bool TryTake(int count, out ReadOnlySpan<byte> part)
    {
        if ((uint)count > (uint)rest.Length)
        {
            part = default;
            return false;
        }
        part = rest[..count];
        rest = rest[count..];
        return true;
    }

    public bool TryU8(out byte value)
    {
        if (rest.IsEmpty)
        {
            value = 0;
            return false;
        }
        value = rest[0];
        rest = rest[1..];
        return true;
    }

    public bool TryU16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out value))
        {
            return false;
        }
        rest = rest[2..];
        return true;
    }

    public bool TryU32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out value))
        {
            return false;
        }
        rest = rest[4..];
        return true;
    }

    public bool TryU64(out ulong value)
    {
        if (!BinaryPrimitives.TryReadUInt64BigEndian(rest, out value))
        {
            return false;
        }
        rest = rest[8..];
        return true;
    }
}
