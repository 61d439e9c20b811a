using Tombolo.Bgp.Wire;

namespace Tombolo.Tests.Bgp;

/// <summary>RFC 7606, attribute by attribute: octets in, action out.</summary>
public class UpdateErrorTests
{
    private const string Origin = "40010100";
    private const string Path = "4002060201000003e8";
    private const string NextHop = "4003040a000001";
    private const string Route = "080a";
    private const string Zero = "00000000000000000000000000000000";
    private const string Tail = "0000000000000000000000000001";

    [Theory]
    // Well formed.
    [InlineData(Origin + Path + NextHop, UpdateAction.None)]
    // ORIGIN of value 3; of two octets (§7.1).
    [InlineData("40010103" + Path + NextHop, UpdateAction.TreatAsWithdraw)]
    [InlineData("4001020000" + Path + NextHop, UpdateAction.TreatAsWithdraw)]
    // AS_PATH: segment type 9; empty segment; overrun; AS 0 (§7.2, RFC 7607).
    [InlineData(Origin + "4002060901000003e8" + NextHop, UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + "4002020200" + NextHop, UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + "4002060202000003e8" + NextHop, UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + "400206020100000000" + NextHop, UpdateAction.TreatAsWithdraw)]
    // NEXT_HOP of three octets; 0.0.0.0; multicast (§7.3).
    [InlineData(Origin + Path + "4003030a0000", UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path + "40030400000000", UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path + "400304e0000001", UpdateAction.TreatAsWithdraw)]
    // MED of three octets (§7.4).
    [InlineData(Origin + Path + NextHop + "800403000000", UpdateAction.TreatAsWithdraw)]
    // ATOMIC_AGGREGATE with a value, AGGREGATOR too short (§7.6, 7.7).
    [InlineData(Origin + Path + NextHop + "40060101", UpdateAction.AttributeDiscard)]
    [InlineData(Origin + Path + NextHop + "c00706000100000001", UpdateAction.AttributeDiscard)]
    // COMMUNITIES of five octets, of none (§7.8).
    [InlineData(Origin + Path + NextHop + "c008050000000000", UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path + NextHop + "c00800", UpdateAction.TreatAsWithdraw)]
    // Extended and large communities of a wrong length (§7.14, RFC 8092 §5).
    [InlineData(Origin + Path + NextHop + "c0100400000000", UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path + NextHop + "c0200400000000", UpdateAction.TreatAsWithdraw)]
    // Missing ORIGIN, AS_PATH, NEXT_HOP (§3 d).
    [InlineData(Path + NextHop, UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + NextHop, UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path, UpdateAction.TreatAsWithdraw)]
    // Flags in conflict (§3 c).
    [InlineData("c0010100" + Path + NextHop, UpdateAction.TreatAsWithdraw)]
    // A second ORIGIN is left out, a second MP_UNREACH_NLRI is not (§3 g).
    [InlineData(Origin + Origin + Path + NextHop, UpdateAction.AttributeDiscard)]
    [InlineData(Origin + Path + NextHop + "800f03000201" + "800f03000201", UpdateAction.SessionReset)]
    // An attribute that overruns the field (§4).
    [InlineData(Origin + Path + NextHop + "c008ff00", UpdateAction.TreatAsWithdraw)]
    // Unknown: well-known resets (RFC 4271 §6.3), optional passes.
    [InlineData(Origin + Path + NextHop + "40630100", UpdateAction.SessionReset)]
    [InlineData(Origin + Path + NextHop + "c0630100", UpdateAction.None)]
    // MP_REACH_NLRI with an impossible next hop length (§7.11).
    [InlineData(Origin + Path + NextHop + "800e0900020104000000000000", UpdateAction.SessionReset)]
    // MP_REACH_NLRI with a next hop that is nobody's: 0.0.0.0, 224.0.0.1, ::, ff02::1 (RFC 4271 §6.3).
    [InlineData(Origin + Path + NextHop + "800e0b0001010400000000" + "00080b", UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path + NextHop + "800e0b00010104e0000001" + "00080b", UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path + NextHop + "800e1500020110" + Zero + "00", UpdateAction.TreatAsWithdraw)]
    [InlineData(Origin + Path + NextHop + "800e1500020110" + "ff02" + Tail + "00", UpdateAction.TreatAsWithdraw)]
    // LOCAL_PREF from outside is left out even where malformed (§7.5).
    [InlineData(Origin + Path + NextHop + "40050100", UpdateAction.None)]
    public void Acts_by_class(string attributes, UpdateAction action)
    {
        var octets = Convert.FromHexString(attributes);
        var body = new byte[] { 0, 0, (byte)(octets.Length >> 8), (byte)octets.Length }
            .Concat(octets)
            .Concat(Convert.FromHexString(Route))
            .ToArray();
        var reader = new UpdateReader();
        var read = reader.Read(body, new SessionTraits(IsInternal: false, FourOctetAs: true));
        Assert.Equal(action, reader.Action);
        Assert.Equal(action != UpdateAction.SessionReset, read);
        if (read)
        {
            Assert.Equal(Convert.FromHexString(Route), body[reader.Announced]);
        }
    }

    [Fact]
    public void Keeps_an_unknown_transitive_attribute_and_marks_it_partial()
    {
        var octets = Convert.FromHexString(Origin + Path + NextHop + "c06302abcd" + "80640155");
        var body = new byte[] { 0, 0, 0, (byte)octets.Length }
            .Concat(octets)
            .Concat(Convert.FromHexString(Route))
            .ToArray();
        var reader = new UpdateReader();
        Assert.True(reader.Read(body, new SessionTraits(false, true)));
        Assert.EndsWith("E06302ABCD", Convert.ToHexString(reader.Canonical));
    }

    [Fact]
    public void Takes_the_four_octet_path_for_the_tail()
    {
        // AS_PATH 100 23456 23456, AS4_PATH 70000 80000: an old speaker put its 100 in front (RFC 6793 §4.2.3).
        var octets = Convert.FromHexString(
            Origin + "4002080203" + "00645ba05ba0" + NextHop + "c0110a0202" + "0001117000013880"
        );
        var body = new byte[] { 0, 0, 0, (byte)octets.Length }
            .Concat(octets)
            .Concat(Convert.FromHexString(Route))
            .ToArray();
        var reader = new UpdateReader();
        Assert.True(reader.Read(body, new SessionTraits(false, false)));
        var set = new AttributeSet(reader.Canonical, reader.NextHop);
        Assert.Equal("100 70000 80000", AttributeTable.Find(2)!.Format(set.AsPathOctets));
    }

    [Theory]
    [InlineData("vpnv4", "57000010" + "0000fde800000001" + "0a", NlriOutcome.Malformed)]
    [InlineData("vpnv4", "79000010" + "0000fde800000001" + "0a00000000", NlriOutcome.Malformed)]
    [InlineData("vpnv4", "60000011" + "0000fde800000001" + "0a", NlriOutcome.Read)]
    [InlineData("ipv4-unicast", "210a00000000", NlriOutcome.Malformed)]
    [InlineData("ipv4-unicast", "180a00", NlriOutcome.Malformed)]
    [InlineData("ipv6-unicast", "81" + "20010000000000000000000000000000" + "00", NlriOutcome.Malformed)]
    [InlineData("evpn", "0203000000", NlriOutcome.Ignored)]
    [InlineData("evpn", "0503000000", NlriOutcome.Malformed)]
    [InlineData("rtc", "10fde8", NlriOutcome.Malformed)]
    public void Judges_the_length_of_each_route(string family, string octets, NlriOutcome outcome)
    {
        var wire = new WireReader(Convert.FromHexString(octets));
        Assert.Equal(outcome, Families.Find(family)!.TryRead(ref wire, false, false, out _));
    }
}
