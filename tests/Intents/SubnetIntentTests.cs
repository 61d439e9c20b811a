using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Tests.Intents;

public class SubnetIntentTests
{
    private static readonly Prefix[] System = [Prefix.Parse("100.64.0.0/16")];

    [Theory]
    [InlineData("10.300.0.0/24", "InvalidCidr")]
    [InlineData("10.0.0.1/24", "InvalidCidr")]
    [InlineData("10.0.0.0", "InvalidCidr")]
    [InlineData("224.0.0.0/8", "InvalidCidr")]
    [InlineData("::ffff:10.0.0.0/120", "InvalidCidr")]
    [InlineData("100.64.3.0/24", "OverlapsSystem")]
    [InlineData("100.0.0.0/8", "OverlapsSystem")]
    public void A_cidr_that_cannot_be_is_refused_by_name(string cidr, string reason)
    {
        var judgement = SubnetIntent.Judge(Of(new SubnetSpec { Cidr = cidr }), System, out var intent);
        Assert.Equal(reason, judgement.Reason);
        Assert.StartsWith("spec.cidr: ", judgement.Message, StringComparison.Ordinal);
        Assert.Null(intent);
    }

    [Fact]
    public void Narrowing_is_refused_and_what_was_in_force_stays()
    {
        var subnet = Of(new SubnetSpec { Cidr = "10.0.0.0/25" }) with
        {
            Status = new SubnetStatus { Cidr = "10.0.0.0/24", Gateway = "10.0.0.1" },
        };
        Assert.Equal("CidrNarrowed", SubnetIntent.Judge(subnet, System, out var intent).Reason);
        Assert.Equal(Prefix.Parse("10.0.0.0/24"), intent!.Cidr);
        var wider = subnet with { Spec = new SubnetSpec { Cidr = "10.0.0.0/16" } };
        Assert.True(SubnetIntent.Judge(wider, System, out intent).IsAccepted);
        Assert.Equal(Prefix.Parse("10.0.0.0/16"), intent!.Cidr);
    }

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0", false)] // network
    [InlineData("10.0.0.0/24", "10.0.0.1", false)] // gateway
    [InlineData("10.0.0.0/24", "10.0.0.2", true)]
    [InlineData("10.0.0.0/24", "10.0.0.255", false)] // broadcast
    [InlineData("10.0.0.0/24", "10.0.1.2", false)]
    [InlineData("10.0.0.0/31", "10.0.0.0", true)] // RFC 3021
    [InlineData("fd00::/64", "fd00::", false)] // subnet-router anycast
    [InlineData("fd00::/64", "fd00::ffff:ffff:ffff:ffff", true)]
    public void Gives_out_hosts_only(string cidr, string address, bool given)
    {
        SubnetIntent.Judge(Of(new SubnetSpec { Cidr = cidr }), System, out var intent);
        Assert.Equal(given, intent!.Gives(Address.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.0/24", 253)]
    [InlineData("10.0.0.0/30", 1)]
    [InlineData("fd00::/64", 1L << 53)]
    [InlineData("::/0", 1L << 53)]
    public void Capacity_saturates(string cidr, long capacity)
    {
        SubnetIntent.Judge(Of(new SubnetSpec { Cidr = cidr }), [], out var intent);
        Assert.Equal(capacity, intent!.Capacity);
    }

    [Fact]
    public void A_range_outside_the_cidr_names_its_field()
    {
        var spec = new SubnetSpec
        {
            Cidr = "10.0.0.0/24",
            Ranges =
            [
                new()
                {
                    Key = "a",
                    Start = "10.0.0.9",
                    End = "10.0.1.9",
                },
            ],
        };
        Assert.StartsWith(
            "spec.ranges[0].end: ",
            SubnetIntent.Judge(Of(spec), System, out _).Message,
            StringComparison.Ordinal
        );
    }

    private static Subnet Of(SubnetSpec spec) =>
        new()
        {
            Metadata = new() { Name = "net", NamespaceProperty = "space" },
            Spec = spec,
        };
}
