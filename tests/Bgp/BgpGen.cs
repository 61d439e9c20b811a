using CsCheck;
using Tombolo.Bgp.Wire;
using Tombolo.Values;

namespace Tombolo.Tests.Bgp;

/// <summary>Generators of what travels in BGP.</summary>
internal static class BgpGen
{
    public static readonly Gen<Address> V4 = Gen.UInt.Select(bits => Address.V4(bits % 0xdfff_ffff + 1));

    public static readonly Gen<Address> V6 = Gen.Select(
        Gen.ULong,
        Gen.ULong,
        (high, low) => Address.V6(new UInt128((high >> 4) | 0x2000_0000_0000_0000, low))
    );

    public static readonly Gen<Prefix> PrefixV4 = Gen.Select(
        V4,
        Gen.Int[0, 32],
        (address, bits) => new Prefix(address, bits)
    );

    public static readonly Gen<Prefix> PrefixV6 = Gen.Select(
        V6,
        Gen.Int[0, 128],
        (address, bits) => new Prefix(address, bits)
    );

    public static readonly Gen<RouteDistinguisher> Distinguisher = Gen.ULong.Select(bits => new RouteDistinguisher(
        bits & 0x0000_ffff_ffff_ffff | (bits >> 60) % 3 << 48
    ));

    private static readonly Gen<Label> Label = Gen.UInt[0, Values.Label.Last].Select(value => new Label(value));

    public static Gen<Nlri> Nlri(Family family) =>
        family == Family.IPv4Unicast ? PrefixV4.Select(Tombolo.Bgp.Wire.Nlri.Unicast)
        : family == Family.IPv6Unicast ? PrefixV6.Select(Tombolo.Bgp.Wire.Nlri.Unicast)
        : family == Family.VpnIPv4 ? Gen.Select(Distinguisher, PrefixV4, Label, Tombolo.Bgp.Wire.Nlri.Vpn)
        : family == Family.VpnIPv6 ? Gen.Select(Distinguisher, PrefixV6, Label, Tombolo.Bgp.Wire.Nlri.Vpn)
        : family == Family.Evpn
            ? Gen.Select(
                Distinguisher,
                Gen.UInt,
                Gen.OneOf(PrefixV4, PrefixV6),
                Gen.UInt[0, 0xffffff],
                Gen.ULong,
                (distinguisher, tag, prefix, label, esi) =>
                    Tombolo.Bgp.Wire.Nlri.EvpnPrefix(
                        distinguisher,
                        tag,
                        prefix,
                        new EvpnOverlay(esi, prefix.Address with { Bits = prefix.Address.Bits >> 3 }, label)
                    )
            )
        : Gen.Select(
            Gen.UInt[1, uint.MaxValue],
            Gen.UInt,
            Gen.UShort,
            Gen.Int[48, 96],
            (origin, number, asn, bits) => Tombolo.Bgp.Wire.Nlri.Membership(origin, RouteTarget.Of(asn, number), bits)
        );

    private static readonly Gen<byte[]> Path = Gen.Select(
        Gen.UInt[1, 500_000].Array[0, 8],
        Gen.UInt[1, 70_000].Array[0, 3],
        (sequence, set) =>
        {
            var to = new OctetBuffer();
            foreach (var (kind, numbers) in new[] { (AsPath.Sequence, sequence), (AsPath.Set, set) })
            {
                if (numbers.Length == 0)
                {
                    continue;
                }
                to.U8(kind);
                to.U8(numbers.Length);
                foreach (var number in numbers)
                {
                    to.U32(number);
                }
            }
            return to.Written.ToArray();
        }
    );

    public static Gen<AttributeSet> Attributes(Gen<Address> nextHop) =>
        from hop in nextHop
        from origin in Gen.Int[0, 2]
        from path in Path
        from med in Gen.UInt
        from pref in Gen.UInt
        from has in Gen.Int[0, 255]
        from communities in Gen.UInt.Array[1, 20]
        from large in Gen.UInt.Array[3, 3]
        from extended in Gen.ULong.Array[1, 40]
        from originator in Gen.UInt
        from unknown in Gen.Byte.Array[0, 300]
        select Make(hop, origin, path, med, pref, has, communities, large, extended, originator, unknown);

    private static AttributeSet Make(
        Address hop,
        int origin,
        byte[] path,
        uint med,
        uint pref,
        int has,
        uint[] communities,
        uint[] large,
        ulong[] extended,
        uint originator,
        byte[] unknown
    )
    {
        var builder = new AttributeBuilder().Start();
        builder.NextHop = hop;
        builder.Origin((Origin)origin).Set(AttributeCode.AsPath, path);
        if ((has & 1) != 0)
        {
            builder.Set(AttributeCode.Med, med);
        }
        if ((has & 2) != 0)
        {
            builder.Set(AttributeCode.LocalPref, pref);
        }
        foreach (var community in (has & 4) != 0 ? communities : [])
        {
            builder.Community(community);
        }
        if ((has & 8) != 0)
        {
            builder.Large(new LargeCommunity(large[0], large[1], large[2]));
        }
        foreach (var community in (has & 16) != 0 ? extended : [])
        {
            builder.Extended(new ExtendedCommunity(community));
        }
        if ((has & 32) != 0)
        {
            builder.Set(AttributeCode.OriginatorId, originator).Set(AttributeCode.ClusterList, originator);
        }
        if ((has & 64) != 0)
        {
            builder.Set(AttributeCode.Aggregator, [0, 1, 2, 3, 10, 0, 0, 1]);
        }
        return builder.Build();
    }
}
