using Tombolo.Values;

namespace Tombolo.Tests.FieldValues;

public class RouteTargetTests
{
    [Theory]
    [InlineData("64512:100", 0x0002_fc00_0000_0064ul)]
    [InlineData("10.0.0.1:7", 0x0102_0a00_0001_0007ul)]
    [InlineData("4200000000:7", 0x0202_fa56_ea00_0007ul)]
    public void Text_and_octets_are_as_the_rfcs_say(string text, ulong bits)
    {
        Assert.True(RouteTarget.TryParse(text, out var target));
        Assert.Equal(bits, target.Bits);
        Assert.Equal(text, target.ToString());
    }

    [Theory]
    [InlineData("4200000000:65536")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("10.0.0:1")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData("1:-1")]
    public void Refuses_what_does_not_fit(string text) => Assert.False(RouteTarget.TryParse(text, out _));
}
