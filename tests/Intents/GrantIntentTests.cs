using k8s.Models;
using Tombolo.Api.Kinds;
using Tombolo.Fabric.Intent;
using Tombolo.Values;

namespace Tombolo.Tests.Intents;

public class GrantIntentTests
{
    private static readonly Dictionary<string, string> Shop = new() { ["team"] = "shop" };

    [Theory]
    [InlineData("64512:100", "64512:100", true)]
    [InlineData("64512:100", "64512:101", false)]
    [InlineData("64512:100-199", "64512:150", true)]
    [InlineData("64512:100-199", "64512:200", false)]
    [InlineData("64512:100-199", "64513:150", false)]
    [InlineData("4200000000:1-9", "4200000000:9", true)]
    [InlineData("10.0.0.1:1-9", "10.0.0.1:5", true)]
    [InlineData("10.0.0.1:1-9", "10.0.0.2:5", false)]
    public void A_route_target_is_granted_by_the_range_of_its_administrator(string range, string target, bool granted)
    {
        Assert.True(RouteTarget.TryParse(target, out var read));
        Assert.True(GrantIntent.Judge(Grant([range], null)).IsAccepted);
        Assert.Equal(granted, GrantIntent.Allows([Grant([range], null)], Shop, read));
        Assert.False(GrantIntent.Allows([Grant([range], null)], new Dictionary<string, string>(), read));
        Assert.False(GrantIntent.Allows([Grant([range], null)], null, read));
    }

    [Theory]
    [InlineData("5001", 5001, true)]
    [InlineData("5001-5009", 5009, true)]
    [InlineData("5001-5009", 5010, false)]
    public void A_vni_is_granted_by_its_range(string range, int vni, bool granted) =>
        Assert.Equal(granted, GrantIntent.Allows([Grant(null, [range])], Shop, vni));

    [Theory]
    [InlineData("64512:9-1", null, "spec.routeTargets[0]")]
    [InlineData("64512", null, "spec.routeTargets[0]")]
    [InlineData("64512:1-2-3", null, "spec.routeTargets[0]")]
    [InlineData("64512:1-x", null, "spec.routeTargets[0]")]
    [InlineData(null, "0", "spec.vnis[0]")]
    [InlineData(null, "16777216", "spec.vnis[0]")]
    [InlineData(null, "9-1", "spec.vnis[0]")]
    [InlineData(null, "+5", "spec.vnis[0]")]
    public void What_is_no_range_is_refused_and_grants_nothing(string? target, string? vni, string field)
    {
        var grant = Grant(target is null ? null : [target], vni is null ? null : [vni]);
        Assert.StartsWith(field, GrantIntent.Judge(grant).Message);
        Assert.False(GrantIntent.Allows([grant], Shop, RouteTarget.Of(64512, 1)));
        Assert.False(GrantIntent.Allows([grant], Shop, 5));
    }

    private static RouteTargetGrant Grant(string[]? targets, string[]? vnis) =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = "one" },
            Spec = new RouteTargetGrantSpec
            {
                Namespaces = new V1LabelSelector { MatchLabels = Shop },
                RouteTargets = targets,
                Vnis = vnis,
            },
        };
}
