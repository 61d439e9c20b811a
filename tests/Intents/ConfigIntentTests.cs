using Tombolo.Api;
using Tombolo.Api.Kinds;
using Tombolo.Fabric;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Tests.Intents;

public class ConfigIntentTests
{
    private static readonly FabricConfigSpec Default = new();

    [Fact]
    public void The_defaults_are_accepted() => Assert.True(ConfigIntent.Judge(Default).IsAccepted);

    public static IEnumerable<TheoryDataRow<string, string, FabricConfigSpec>> Refused() =>
        [
            new("NoEncapsulation", "spec.encapsulations", Default with { Encapsulations = [] }),
            new("NotSupportedYet", "spec.clusterDNS", Default with { ClusterDNS = ["10.96.0.10"] }),
            new(
                "InvalidVniRange",
                "spec.vniRange",
                Default with
                {
                    VniRange = new() { First = 9, Last = 8 },
                }
            ),
            new("InvalidMtu", "spec.mtu", Default with { Mtu = 500 }),
            new("InvalidStaleTime", "spec.staleTime", Default with { StaleTime = "soon" }),
            new("InvalidCidr", "spec.podNetwork[1]", Default with { PodNetwork = ["10.0.0.0/8", "10.0.0.0"] }),
            new("OverlapsSystem", "spec.serviceNetwork[0]", Default with { ServiceNetwork = ["100.64.0.0/24"] }),
        ];

    [Theory, MemberData(nameof(Refused))]
    public void What_cannot_be_honoured_is_refused_by_field(string reason, string field, FabricConfigSpec spec)
    {
        var judgement = ConfigIntent.Judge(spec);
        Assert.Equal(reason, judgement.Reason);
        Assert.StartsWith(field + ": ", judgement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_are_told_what_is_in_force_and_not_what_is_refused()
    {
        var fabric = new Tombolo.Fabric.Fabric();
        fabric.Put(new FabricConfig { Spec = Default with { Encapsulations = [], Mtu = 500 } });
        fabric.Flush();
        var settings = Assert.IsType<SettingsEntry>(Assert.Single(fabric.Snapshot(new NodeName(1, "node-1"))));
        Assert.Equal(Encapsulation.Vxlan, Assert.Single(settings.Encapsulations));
        Assert.Equal(0, settings.Mtu);
    }

    [Fact]
    public void Encapsulations_are_told_in_their_order_and_once()
    {
        var fabric = new Tombolo.Fabric.Fabric();
        IEnumerable<Encapsulation> Told(params EncapsulationName[] names)
        {
            Assert.True(ConfigIntent.Judge(Default with { Encapsulations = names }).IsAccepted);
            fabric.Put(new FabricConfig { Spec = Default with { Encapsulations = names } });
            fabric.Flush();
            return Assert
                .IsType<SettingsEntry>(Assert.Single(fabric.Snapshot(new NodeName(1, "node-1"))))
                .Encapsulations;
        }

        Assert.Equal([Encapsulation.MplsInUdp], Told(EncapsulationName.MPLSinUDP));
        Assert.Equal(
            [Encapsulation.MplsInUdp, Encapsulation.Vxlan],
            Told(EncapsulationName.MPLSinUDP, EncapsulationName.VXLAN)
        );
        Assert.Equal([Encapsulation.Vxlan], Told(EncapsulationName.VXLAN, EncapsulationName.VXLAN));
    }

    [Theory]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5s", 1.5)]
    [InlineData("300ms", 0.3)]
    public void Durations_are_read(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5m ")]
    [InlineData("-5m")]
    [InlineData("5d")]
    [InlineData("99999999999999999999h")]
    public void What_is_no_duration_is_not(string? text) => Assert.False(Durations.TryParse(text, out _));
}
