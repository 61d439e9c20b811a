using System.Runtime.CompilerServices;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>How a prefix lies in an <see cref="NlriKey"/>: IPv4 as address and length in one word, IPv6 as three.</summary>
public static class PrefixKey
{
    public static NlriKey Unicast(Prefix prefix) =>
        prefix.Family == AddressFamily.IPv4
            ? new(Word(prefix))
            : new((ulong)(prefix.Address.Bits >> 64), (ulong)prefix.Address.Bits, prefix.Length);

    public static NlriKey Vpn(RouteDistinguisher distinguisher, Prefix prefix) =>
        prefix.Family == AddressFamily.IPv4
            ? new(distinguisher.Bits, Word(prefix))
            : new(distinguisher.Bits, (ulong)(prefix.Address.Bits >> 64), (ulong)prefix.Address.Bits, prefix.Length);

    public static Prefix ReadV4(ulong word) => new(Address.V4((uint)(word >> 8)), (byte)word);

    public static Prefix ReadV6(ulong high, ulong low, ulong length) =>
        new(Address.V6(new UInt128(high, low)), (byte)length);

    /// <summary>Reads the octets of an IPv4 prefix of <paramref name="bits"/> bits; host bits are cleared.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryV4(ref WireReader wire, int bits, out ulong word)
    {
        word = 0;
        if ((uint)bits > 32 || !wire.TryTake((bits + 7) >> 3, out var octets))
        {
            return false;
        }
        uint address = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            address |= (uint)octets[i] << (24 - 8 * i);
        }
        // A shift by 32 is a shift by none, hence the long.
        var mask = (uint)(0xffff_ffff_0000_0000ul >> bits);
        word = ((ulong)(address & mask) << 8) | (uint)bits;
        return true;
    }

    /// <summary>The same for IPv6, as two words without the length.</summary>
    internal static bool TryV6(ref WireReader wire, int bits, out ulong high, out ulong low)
    {
        high = low = 0;
        if ((uint)bits > 128 || !wire.TryTake((bits + 7) >> 3, out var octets))
        {
            return false;
        }
        for (var i = 0; i < octets.Length; i++)
        {
            if (i < 8)
            {
                high |= (ulong)octets[i] << (56 - 8 * i);
            }
            else
            {
                low |= (ulong)octets[i] << (120 - 8 * i);
            }
        }
        high &= Mask(bits);
        low &= Mask(bits - 64);
        return true;
    }

    internal static void WriteV4(OctetBuffer to, ulong word)
    {
        var octets = ((int)(word & 0xff) + 7) >> 3;
        var span = to.GetSpan(4);
        for (var i = 0; i < octets; i++)
        {
            span[i] = (byte)(word >> (32 - 8 * i));
        }
        to.Advance(octets);
    }

    internal static void WriteV6(OctetBuffer to, ulong high, ulong low, int bits)
    {
        var octets = (bits + 7) >> 3;
        var span = to.GetSpan(16);
        for (var i = 0; i < octets; i++)
        {
            span[i] = (byte)(i < 8 ? high >> (56 - 8 * i) : low >> (120 - 8 * i));
        }
        to.Advance(octets);
    }

    internal static ulong Mask(int bits) =>
        bits <= 0 ? 0
        : bits >= 64 ? ulong.MaxValue
        : ~(ulong.MaxValue >> bits);

    private static ulong Word(Prefix prefix) => ((ulong)(uint)prefix.Address.Bits << 8) | prefix.Length;
}
