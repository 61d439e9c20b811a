using System.Diagnostics.CodeAnalysis;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>
/// Route target membership (RFC 4684 §4): 0 bits for the default, else 32 to 96 bits of origin AS and route target.
/// </summary>
public static class RouteTargetNlri
{
    /// <summary>Bits wanted: 0, or 32 to 96.</summary>
    public static int BitsOf(in NlriKey key) => (int)(key.A & 0xff);

    public static uint OriginAsOf(in NlriKey key) => (uint)(key.A >> 32);

    /// <summary>True if a route with this target is asked for by the membership.</summary>
    public static bool Covers(in NlriKey membership, RouteTarget target)
    {
        var mask = PrefixKey.Mask(BitsOf(membership) - 32);
        return (target.Bits & mask) == membership.B;
    }

    internal static NlriKey KeyOf(uint originAs, ulong target, int bits) =>
        new(((ulong)(bits == 0 ? 0 : originAs) << 32) | (uint)bits, target & PrefixKey.Mask(bits - 32));

    internal static NlriOutcome Read(ref WireReader wire, bool withdrawn, out Nlri nlri)
    {
        nlri = default;
        if (
            !wire.TryU8(out var bits)
            || bits is not (0 or (>= 32 and <= 96))
            || !wire.TryTake((bits + 7) >> 3, out var octets)
        )
        {
            return NlriOutcome.Malformed;
        }
        Span<byte> whole = stackalloc byte[12];
        octets.CopyTo(whole);
        var reader = new WireReader(whole);
        _ = reader.TryU32(out var originAs);
        _ = reader.TryU64(out var target);
        nlri = new Nlri(KeyOf(originAs, target, bits));
        return NlriOutcome.Read;
    }

    internal static void Write(OctetBuffer to, in Nlri nlri, bool withdrawn)
    {
        var bits = BitsOf(nlri.Key);
        var start = to.Count;
        to.U8(bits);
        to.U32(OriginAsOf(nlri.Key));
        to.U64(nlri.Key.B);
        to.Truncate(start + 1 + ((bits + 7) >> 3));
    }

    /// <summary>As <c>65000:65000:1</c> (origin AS, route target), with <c>/bits</c> when shorter than 96.</summary>
    internal static string Format(in Nlri nlri)
    {
        var bits = BitsOf(nlri.Key);
        return bits == 0
            ? "default"
            : $"{OriginAsOf(nlri.Key)}:{new RouteTarget(nlri.Key.B)}" + (bits == 96 ? "" : $"/{bits}");
    }

    internal static bool Parse(string text, [NotNullWhen(true)] out Nlri? nlri)
    {
        nlri = null;
        if (text == "default")
        {
            nlri = new Nlri(KeyOf(0, 0, 0));
            return true;
        }
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var bits = 96;
        if (
            colon > 0
            && uint.TryParse(text.AsSpan(0, colon), out var originAs)
            && (slash < 0 || (int.TryParse(text.AsSpan(slash + 1), out bits) && bits is >= 32 and <= 96))
            && RouteTarget.TryParse(text[(colon + 1)..(slash < 0 ? text.Length : slash)], out var target)
        )
        {
            nlri = Nlri.Membership(originAs, target, bits);
        }
        return nlri is not null;
    }
}
