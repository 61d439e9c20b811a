using System.Buffers.Binary;
using System.Text;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Reads protobuf's wire format (protobuf.dev, Encoding): varints, and length-delimited octets.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> wire)
{
    private ReadOnlySpan<byte> rest = wire;

    /// <summary>Reads one field; false at the end.</summary>
    /// <param name="number">Of the field.</param>
    /// <param name="scalar">Of a varint or a fixed number: its bits.</param>
    /// <param name="octets">Of a length-delimited field.</param>
    /// <exception cref="FormatException">No protobuf.</exception>
    public bool TryRead(out int number, out ulong scalar, out ReadOnlySpan<byte> octets)
    {
        (number, scalar) = (0, 0);
        octets = default;
        if (rest.IsEmpty)
        {
            return false;
        }
        var tag = Varint();
        number = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                scalar = Varint();
                break;
            case 1:
                scalar = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                octets = Take(Varint());
                break;
            case 5:
                scalar = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new FormatException($"protobuf: wire type {tag & 7}");
        }
        return true;
    }

    /// <exception cref="FormatException">Not UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> octets)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(octets);
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException("protobuf: a string that is no UTF-8", error);
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var octet = Take(1)[0];
            value |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }
        throw new FormatException("protobuf: a varint of more than ten octets");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length)
        {
            throw new FormatException("protobuf: unexpected end");
        }
        var part = rest[..(int)count];
        rest = rest[(int)count..];
        return part;
    }
}
