using CsCheck;
using Tombolo.Values;

namespace Tombolo.Tests.FieldValues;

public class PrefixTests
{
    private static readonly Gen<Address> AnyAddress = Gen.Select(Gen.Bool, Gen.ULong, Gen.ULong)
        .Select((v4, high, low) => v4 ? Address.V4((uint)low) : Address.V6(new UInt128(high, low)));

    [Fact]
    public void Text_round_trips() =>
        Gen.Select(AnyAddress, Gen.Int[0, 128])
            .Sample(
                (address, length) =>
                {
                    var prefix = new Prefix(address, Math.Min(length, address.Width));
                    return Prefix.Parse(prefix.ToString()) == prefix
                        && prefix.Contains(prefix.First)
                        && prefix.Contains(prefix.Last);
                }
            );

    [Theory]
    [InlineData("10.0.0.1/24")]
    [InlineData("10.0.0/24")]
    [InlineData("010.0.0.0/24")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("fd00::/129")]
    [InlineData("fd00::1/64")]
    [InlineData("10.0.0.0")]
    [InlineData("/24")]
    [InlineData("fe80::%eth0/64")]
    [InlineData("")]
    [InlineData(null)]
    public void Refuses_what_is_no_prefix(string? text) => Assert.False(Prefix.TryParse(text, out _));

    [Fact]
    public void The_whole_of_a_family_is_a_prefix()
    {
        Assert.True(Prefix.Parse("0.0.0.0/0").Contains(Address.Parse("255.255.255.255")));
        Assert.False(Prefix.Parse("0.0.0.0/0").Contains(Address.Parse("::1")));
        Assert.Equal(UInt128.MaxValue, Prefix.Parse("::/0").Last.Bits);
        Assert.Equal(UInt128.One, Prefix.Parse("::1/128").Count);
    }

    [Fact]
    public void A_v4_mapped_address_is_not_the_ipv4_one()
    {
        var mapped = Address.Parse("::ffff:10.0.0.1");
        Assert.True(mapped.IsV4Mapped);
        Assert.NotEqual(Address.Parse("10.0.0.1"), mapped);
    }
}
