using System.Buffers.Binary;
using System.Globalization;

namespace Tombolo.Bgp.Wire;

/// <summary>A large community (RFC 8092), written <c>global:local1:local2</c>.</summary>
public readonly record struct LargeCommunity(uint Global, uint Local1, uint Local2)
{
    public const int Octets = 12;

    public static LargeCommunity Read(ReadOnlySpan<byte> octets) =>
        new(
            BinaryPrimitives.ReadUInt32BigEndian(octets),
            BinaryPrimitives.ReadUInt32BigEndian(octets[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(octets[8..])
        );

    public void Write(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt32BigEndian(octets, Global);
        BinaryPrimitives.WriteUInt32BigEndian(octets[4..], Local1);
        BinaryPrimitives.WriteUInt32BigEndian(octets[8..], Local2);
    }

    public static bool TryParse(string text, out LargeCommunity community)
    {
        community = default;
        var parts = text.Split(':');
        if (
            parts.Length != 3
            || !uint.TryParse(parts[0], NumberStyles.None, null, out var global)
            || !uint.TryParse(parts[1], NumberStyles.None, null, out var local1)
            || !uint.TryParse(parts[2], NumberStyles.None, null, out var local2)
        )
        {
            return false;
        }
        community = new LargeCommunity(global, local1, local2);
        return true;
    }

    public override string ToString() => $"{Global}:{Local1}:{Local2}";
}
