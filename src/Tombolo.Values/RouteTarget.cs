using System.Diagnostics.CodeAnalysis;

namespace Tombolo.Values;

/// <summary>A route target extended community (RFC 4360 §4, RFC 5668), all eight octets.</summary>
public readonly record struct RouteTarget(ulong Bits)
{
    private const ulong TwoOctetAs = 0x0002;
    private const ulong IPv4 = 0x0102;
    private const ulong FourOctetAs = 0x0202;

    /// <summary>The route target <c>asn:number</c> in the narrowest form that holds it.</summary>
    public static RouteTarget Of(uint asn, uint number) =>
        asn <= ushort.MaxValue
            ? new((TwoOctetAs << 48) | ((ulong)asn << 32) | number)
            : new((FourOctetAs << 48) | ((ulong)asn << 16) | (ushort)number);

    /// <summary>Reads <c>asn:number</c> or <c>a.b.c.d:number</c>; a four-octet AS or an address leaves 16 bits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RouteTarget target)
    {
        target = default;
        if (!Halves.TryParse(text, out var halves))
        {
            return false;
        }
        target = halves.IsAddress
            ? new((IPv4 << 48) | ((ulong)halves.High << 16) | (ushort)halves.Low)
            : Of(halves.High, halves.Low);
        return true;
    }

    public override string ToString() =>
        (Bits >> 48) switch
        {
            TwoOctetAs => $"{(ushort)(Bits >> 32)}:{(uint)Bits}",
            IPv4 => $"{Address.V4((uint)(Bits >> 16))}:{(ushort)Bits}",
            FourOctetAs => $"{(uint)(Bits >> 16)}:{(ushort)Bits}",
            _ => $"0x{Bits:x16}",
        };
}
