using System.Diagnostics.CodeAnalysis;
using Tombolo.Values;

namespace Tombolo.Bgp.Wire;

/// <summary>
/// EVPN (RFC 7432 §7): a route type, a length in octets, the route. Type 5, IP prefix (RFC 9136 §3.1), is read; other
/// types are stepped over. Types 2 and 3 will be further cases of the switch, with keys that differ in their type octet.
/// </summary>
internal static class EvpnNlri
{
    private const byte IPPrefix = 5;

    //  RD 8 | ESI 10 | Ethernet tag 4 | prefix length 1 | prefix 4 or 16 | gateway 4 or 16 | label 3
    private const int V4Octets = 8 + 10 + 4 + 1 + 4 + 4 + 3;
    private const int V6Octets = 8 + 10 + 4 + 1 + 16 + 16 + 3;

    public static NlriKey KeyOf(RouteDistinguisher distinguisher, uint tag, Prefix prefix) =>
        new(
            distinguisher.Bits,
            ((ulong)IPPrefix << 56) | ((ulong)tag << 16) | ((ulong)prefix.Family << 8) | prefix.Length,
            (ulong)(prefix.Address.Bits >> 64),
            (ulong)prefix.Address.Bits
        );

    public static Prefix? PrefixOf(in NlriKey key) =>
        key.B >> 56 != IPPrefix ? null
        : (AddressFamily)(byte)(key.B >> 8) == AddressFamily.IPv4 ? new Prefix(Address.V4((uint)key.D), (byte)key.B)
        : new Prefix(Address.V6(new UInt128(key.C, key.D)), (byte)key.B);

    public static NlriOutcome Read(ref WireReader wire, bool withdrawn, out Nlri nlri)
    {
        nlri = default;
        if (!wire.TryU8(out var type) || !wire.TryU8(out var length) || !wire.TryTake(length, out var body))
        {
            return NlriOutcome.Malformed;
        }
        if (type != IPPrefix)
        {
            return NlriOutcome.Ignored;
        }
        var size = length switch
        {
            V4Octets => 4,
            V6Octets => 16,
            _ => 0,
        };
        var route = new WireReader(body);
        if (
            size == 0
            || !route.TryU64(out var distinguisher)
            || !route.TryTake(10, out var esi)
            || !route.TryU32(out var tag)
            || !route.TryU8(out var bits)
            || bits > size * 8
            || !route.TryTake(size, out var address)
            || !route.TryTake(size, out var gateway)
            || !route.TryTake(3, out var label)
        )
        {
            return NlriOutcome.Malformed;
        }
        nlri = new Nlri(
            KeyOf(new RouteDistinguisher(distinguisher), tag, new Prefix(Address.Read(address), bits)),
            Overlay: new EvpnOverlay(
                ReadEsi(esi),
                Address.Read(gateway),
                ((uint)label[0] << 16) | ((uint)label[1] << 8) | label[2]
            )
        );
        return NlriOutcome.Read;
    }

    public static void Write(OctetBuffer to, in Nlri nlri, bool withdrawn)
    {
        // Written only of keys that Read or KeyOf made, which have a prefix.
        var prefix = PrefixOf(nlri.Key)!.Value;
        var size = prefix.Address.Size;
        var overlay = nlri.Overlay;
        to.U8(IPPrefix);
        to.U8(size == 4 ? V4Octets : V6Octets);
        to.U64(nlri.Key.A);
        var esi = overlay?.Esi ?? 0;
        to.U16((int)(ushort)(esi >> 64));
        to.U64((ulong)esi);
        to.U32((uint)(nlri.Key.B >> 16));
        to.U8(prefix.Length);
        Span<byte> octets = stackalloc byte[16];
        prefix.Address.Write(octets);
        to.Octets(octets[..size]);
        octets.Clear();
        if (overlay is { } and { Gateway.Family: not AddressFamily.None })
        {
            overlay.Gateway.Write(octets);
        }
        to.Octets(octets[..size]);
        to.U24(overlay?.Label ?? 0);
    }

    /// <summary>As 65000:1:[5]:[0]:10.0.0.0/24.</summary>
    public static string Format(in Nlri nlri) =>
        $"{new RouteDistinguisher(nlri.Key.A)}:[5]:[{(uint)(nlri.Key.B >> 16)}]:{PrefixOf(nlri.Key)}";

    public static bool Parse(string text, [NotNullWhen(true)] out Nlri? nlri)
    {
        nlri = null;
        if (
            !VpnNlri.Split(text, out var distinguisher, out var rest)
            || !rest.StartsWith("[5]:[", StringComparison.Ordinal)
        )
        {
            return false;
        }
        var end = rest.IndexOf("]:", 5, StringComparison.Ordinal);
        if (
            end > 0
            && uint.TryParse(rest.AsSpan(5, end - 5), out var tag)
            && Prefix.TryParse(rest[(end + 2)..], out var prefix)
        )
        {
            nlri = Nlri.EvpnPrefix(distinguisher, tag, prefix, new EvpnOverlay(0, prefix.Address with { Bits = 0 }, 0));
        }
        return nlri is not null;
    }

    private static UInt128 ReadEsi(ReadOnlySpan<byte> octets)
    {
        UInt128 esi = 0;
        foreach (var octet in octets)
        {
            esi = (esi << 8) | octet;
        }
        return esi;
    }
}
