namespace Tombolo.Bgp.Wire;

/// <summary>One attribute where it lies.</summary>
public readonly ref struct Attribute(AttributeFlags flags, byte code, ReadOnlySpan<byte> value)
{
    public AttributeFlags Flags => flags;

    public byte Code => code;

    public ReadOnlySpan<byte> Value { get; } = value;

    public static void Write(OctetBuffer to, AttributeFlags flags, byte code, ReadOnlySpan<byte> value)
    {
        flags &= ~AttributeFlags.ExtendedLength;
        if (value.Length > 255)
        {
            to.U8((byte)(flags | AttributeFlags.ExtendedLength));
            to.U8(code);
            to.U16(value.Length);
        }
        else
        {
            to.U8((byte)flags);
            to.U8(code);
            to.U8(value.Length);
        }
        to.Octets(value);
    }
}
