using System.Diagnostics.CodeAnalysis;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>
/// VPN-IPv4 and VPN-IPv6 (RFC 4364 §4.3.4, RFC 8277 §2.2): a length in bits over one label, a route distinguisher and a
/// prefix; so 88 to 120, or 88 to 216 bits. More than one label needs a capability that is not offered here.
/// </summary>
internal static class VpnNlri
{
    private const int Fixed = 24 + 64;

    public static NlriOutcome ReadV4(ref WireReader wire, bool withdrawn, out Nlri nlri)
    {
        nlri = default;
        if (
            !TryHead(ref wire, 32, out var bits, out var label, out var distinguisher)
            || !PrefixKey.TryV4(ref wire, bits, out var word)
        )
        {
            return NlriOutcome.Malformed;
        }
        nlri = new Nlri(new NlriKey(distinguisher, word), Label: label);
        return NlriOutcome.Read;
    }

    public static NlriOutcome ReadV6(ref WireReader wire, bool withdrawn, out Nlri nlri)
    {
        nlri = default;
        if (
            !TryHead(ref wire, 128, out var bits, out var label, out var distinguisher)
            || !PrefixKey.TryV6(ref wire, bits, out var high, out var low)
        )
        {
            return NlriOutcome.Malformed;
        }
        nlri = new Nlri(new NlriKey(distinguisher, high, low, (uint)bits), Label: label);
        return NlriOutcome.Read;
    }

    public static void WriteV4(OctetBuffer to, in Nlri nlri, bool withdrawn)
    {
        WriteHead(to, (byte)nlri.Key.B, nlri, withdrawn);
        PrefixKey.WriteV4(to, nlri.Key.B);
    }

    public static void WriteV6(OctetBuffer to, in Nlri nlri, bool withdrawn)
    {
        WriteHead(to, (byte)nlri.Key.D, nlri, withdrawn);
        PrefixKey.WriteV6(to, nlri.Key.B, nlri.Key.C, (byte)nlri.Key.D);
    }

    public static string FormatV4(in Nlri nlri) =>
        $"{new RouteDistinguisher(nlri.Key.A)}:{PrefixKey.ReadV4(nlri.Key.B)}";

    public static string FormatV6(in Nlri nlri) =>
        $"{new RouteDistinguisher(nlri.Key.A)}:{PrefixKey.ReadV6(nlri.Key.B, nlri.Key.C, nlri.Key.D)}";

    public static bool ParseV4(string text, [NotNullWhen(true)] out Nlri? nlri) =>
        Parse(text, AddressFamily.IPv4, out nlri);

    public static bool ParseV6(string text, [NotNullWhen(true)] out Nlri? nlri) =>
        Parse(text, AddressFamily.IPv6, out nlri);

    private static bool TryHead(ref WireReader wire, int width, out int bits, out uint label, out ulong distinguisher)
    {
        label = 0;
        distinguisher = 0;
        bits = 0;
        if (
            !wire.TryU8(out var length)
            || length < Fixed
            || length > Fixed + width
            || !wire.TryTake(3, out var stack)
            || !wire.TryU64(out distinguisher)
        )
        {
            return false;
        }
        bits = length - Fixed;
        label = ((uint)stack[0] << 16) | ((uint)stack[1] << 8) | stack[2];
        return true;
    }

    private static void WriteHead(OctetBuffer to, int bits, in Nlri nlri, bool withdrawn)
    {
        to.U8(Fixed + bits);
        to.U24(withdrawn ? Nlri.WithdrawnLabel : nlri.Label);
        to.U64(nlri.Key.A);
    }

    // The distinguisher ends at the second colon: 65000:1:10.0.0.0/8, 10.0.0.1:7:fd00::/8.
    private static bool Parse(string text, AddressFamily family, [NotNullWhen(true)] out Nlri? nlri)
    {
        nlri = null;
        if (
            Split(text, out var distinguisher, out var rest)
            && Prefix.TryParse(rest, out var prefix)
            && prefix.Family == family
        )
        {
            nlri = Nlri.Vpn(distinguisher, prefix, default);
        }
        return nlri is not null;
    }

    internal static bool Split(string text, out RouteDistinguisher distinguisher, out string rest)
    {
        distinguisher = default;
        rest = "";
        var first = text.IndexOf(':', StringComparison.Ordinal);
        var second = first < 0 ? -1 : text.IndexOf(':', first + 1);
        if (second < 0 || !RouteDistinguisher.TryParse(text[..second], out distinguisher))
        {
            return false;
        }
        rest = text[(second + 1)..];
        return true;
    }
}
