using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tombolo.Values;

/// <summary>Who a packet is from, as policy knows it: a 128-bit hash of what its labels say.</summary>
public readonly record struct Identity(UInt128 Bits)
{
    /// <summary>The identity of whoever answers to these words, in this order.</summary>
    public static Identity Of(params ReadOnlySpan<string> words)
    {
        // A length before each word: ("ab", "c") and ("a", "bc") are two identities.
        var text = new StringBuilder();
        foreach (var word in words)
        {
            text.Append(word.Length).Append(':').Append(word);
        }
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return new Identity(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    public static Identity Read(ReadOnlySpan<byte> octets) =>
        octets.Length == 16 ? new(BinaryPrimitives.ReadUInt128BigEndian(octets)) : default;

    public byte[] ToArray()
    {
        var octets = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Bits);
        return octets;
    }

    public override string ToString() => Bits.ToString("x32");
}
