using System.Diagnostics.CodeAnalysis;

namespace Tombolo.Values;

/// <summary>A route distinguisher (RFC 4364 §4.2), all eight octets: type 0 <c>asn:number</c>, type 1
/// <c>a.b.c.d:number</c>, type 2 <c>four-octet asn:number</c>.</summary>
public readonly record struct RouteDistinguisher(ulong Bits) : IComparable<RouteDistinguisher>
{
    /// <summary>Type 1: a node's 32-bit id and a network's 16-bit index.</summary>
    public static RouteDistinguisher Of(Address node, ushort index) =>
        new((1ul << 48) | ((ulong)(uint)node.Bits << 16) | index);

    public static bool TryParse([NotNullWhen(true)] string? text, out RouteDistinguisher distinguisher)
    {
        distinguisher = default;
        if (!Halves.TryParse(text, out var halves))
        {
            return false;
        }
        distinguisher = new(
            halves.IsAddress ? (1ul << 48) | ((ulong)halves.High << 16) | (ushort)halves.Low
            : halves.High <= ushort.MaxValue ? ((ulong)halves.High << 32) | halves.Low
            : (2ul << 48) | ((ulong)halves.High << 16) | (ushort)halves.Low
        );
        return true;
    }

    public int CompareTo(RouteDistinguisher other) => Bits.CompareTo(other.Bits);

    public static bool operator <(RouteDistinguisher left, RouteDistinguisher right) => left.Bits < right.Bits;

    public static bool operator >(RouteDistinguisher left, RouteDistinguisher right) => left.Bits > right.Bits;

    public static bool operator <=(RouteDistinguisher left, RouteDistinguisher right) => left.Bits <= right.Bits;

    public static bool operator >=(RouteDistinguisher left, RouteDistinguisher right) => left.Bits >= right.Bits;

    public override string ToString() =>
        (Bits >> 48) switch
        {
            0 => $"{(ushort)(Bits >> 32)}:{(uint)Bits}",
            1 => $"{Address.V4((uint)(Bits >> 16))}:{(ushort)Bits}",
            2 => $"{(uint)(Bits >> 16)}:{(ushort)Bits}",
            _ => $"0x{Bits:x16}",
        };
}
