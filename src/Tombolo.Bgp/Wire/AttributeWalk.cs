using System.Buffers.Binary;

namespace Tombolo.Bgp.Wire;

/// <summary>Goes over attributes that are known to be well formed; for received ones see <see cref="UpdateReader"/>.</summary>
public ref struct AttributeWalk(ReadOnlySpan<byte> octets)
{
    private ReadOnlySpan<byte> rest = octets;

    public Attribute Current { get; private set; }

    public readonly AttributeWalk GetEnumerator() => this;

    public bool MoveNext()
    {
        if (rest.IsEmpty)
        {
            return false;
        }
        var flags = (AttributeFlags)rest[0];
        var wide = (flags & AttributeFlags.ExtendedLength) != 0;
        var length = wide ? BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) : rest[2];
        var head = wide ? 4 : 3;
        Current = new Attribute(flags, rest[1], rest.Slice(head, length));
        rest = rest[(head + length)..];
        return true;
    }
}
