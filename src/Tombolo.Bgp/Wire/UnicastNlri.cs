using System.Diagnostics.CodeAnalysis;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>IPv4 and IPv6 unicast (RFC 4271 §4.3, RFC 4760 §5): a length in bits and as many octets as hold them.</summary>
internal static class UnicastNlri
{
    public static NlriOutcome ReadV4(ref WireReader wire, bool withdrawn, out Nlri nlri)
    {
        if (!wire.TryU8(out var bits) || !PrefixKey.TryV4(ref wire, bits, out var word))
        {
            nlri = default;
            return NlriOutcome.Malformed;
        }
        nlri = new Nlri(new NlriKey(word));
        return NlriOutcome.Read;
    }

    public static NlriOutcome ReadV6(ref WireReader wire, bool withdrawn, out Nlri nlri)
    {
        if (!wire.TryU8(out var bits) || !PrefixKey.TryV6(ref wire, bits, out var high, out var low))
        {
            nlri = default;
            return NlriOutcome.Malformed;
        }
        nlri = new Nlri(new NlriKey(high, low, bits));
        return NlriOutcome.Read;
    }

    public static void WriteV4(OctetBuffer to, in Nlri nlri, bool withdrawn)
    {
        to.U8((byte)nlri.Key.A);
        PrefixKey.WriteV4(to, nlri.Key.A);
    }

    public static void WriteV6(OctetBuffer to, in Nlri nlri, bool withdrawn)
    {
        to.U8((byte)nlri.Key.C);
        PrefixKey.WriteV6(to, nlri.Key.A, nlri.Key.B, (byte)nlri.Key.C);
    }

    public static string FormatV4(in Nlri nlri) => PrefixKey.ReadV4(nlri.Key.A).ToString();

    public static string FormatV6(in Nlri nlri) => PrefixKey.ReadV6(nlri.Key.A, nlri.Key.B, nlri.Key.C).ToString();

    public static bool ParseV4(string text, [NotNullWhen(true)] out Nlri? nlri) =>
        Parse(text, AddressFamily.IPv4, out nlri);

    public static bool ParseV6(string text, [NotNullWhen(true)] out Nlri? nlri) =>
        Parse(text, AddressFamily.IPv6, out nlri);

    private static bool Parse(string text, AddressFamily family, [NotNullWhen(true)] out Nlri? nlri)
    {
        nlri = Prefix.TryParse(text, out var prefix) && prefix.Family == family ? Nlri.Unicast(prefix) : null;
        return nlri is not null;
    }
}
