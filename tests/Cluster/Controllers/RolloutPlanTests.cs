using CsCheck;
using k8s.Models;
using Tombolo.Cluster.Controllers;

namespace Tombolo.Tests.Cluster.Controllers;

/// <summary>How far sets may grow and shrink.</summary>
public class RolloutPlanTests
{
    [Theory]
    [InlineData(4, null, null, 1, 1)] // 25 % of 4
    [InlineData(3, null, null, 1, 0)] // up, down
    [InlineData(10, "50%", "20%", 5, 2)]
    [InlineData(10, "3", "0", 3, 0)]
    [InlineData(10, "0", "0", 0, 1)] // would never move
    [InlineData(1, "0%", "100%", 0, 1)]
    public void Limits_round_surge_up_and_unavailable_down(
        int wanted,
        string? maxSurge,
        string? maxUnavailable,
        int surge,
        int unavailable
    ) => Assert.Equal((surge, unavailable), RolloutPlan.Limits(Deployment(wanted, maxSurge, maxUnavailable), wanted));

    [Fact]
    public void Recreate_waits_until_the_old_pods_are_gone()
    {
        var deployment = Deployment(3, null, null);
        deployment.Spec.Strategy = new() { Type = "Recreate" };
        var newest = new SetSize("new", 0, 0, 0);
        Assert.Equal(0, Assert.Single(RolloutPlan.Of(deployment, newest, [new("old", 3, 3, 3)])).Value);
        Assert.Empty(RolloutPlan.Of(deployment, newest, [new("old", 0, 2, 0)]));
        Assert.Equal(3, RolloutPlan.Of(deployment, newest, [new("old", 0, 0, 0)])["new"]);
    }

    [Fact]
    public void A_paused_deployment_is_scaled_but_not_rolled()
    {
        var deployment = Deployment(5, null, null);
        deployment.Spec.Paused = true;
        var plan = RolloutPlan.Of(deployment, new("new", 0, 0, 0), [new("old", 3, 3, 3)]);
        Assert.Equal(new Dictionary<string, int> { ["old"] = 5 }, plan);
    }

    /// <summary>Pods come up one by one; in each step the limits hold, and in the end only the new set is left.</summary>
    [Fact]
    public void A_rollout_keeps_its_limits_and_ends() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 4])
            .Sample(
                (wanted, surge, unavailable, ready) =>
                {
                    var deployment = Deployment(wanted, surge.ToString(), unavailable.ToString());
                    var (up, down) = RolloutPlan.Limits(deployment, wanted);
                    var newest = new SetSize("new", 0, 0, 0);
                    var old = new SetSize("old", wanted, wanted, wanted);
                    for (var step = 0; step < 200; step++)
                    {
                        var plan = RolloutPlan.Of(deployment, newest, [old]);
                        var (wantNew, wantOld) = (
                            plan.GetValueOrDefault("new", newest.Replicas),
                            plan.GetValueOrDefault("old", old.Replicas)
                        );
                        Assert.True(wantNew + wantOld <= wanted + up, "more than surge allows");
                        Assert.True(
                            newest.Available + Math.Min(wantOld, old.Available) >= wanted - down,
                            "fewer than allowed"
                        );
                        // Some of those that were asked for become available.
                        newest = newest with
                        {
                            Replicas = wantNew,
                            Existing = wantNew,
                            Available = Math.Min(wantNew, newest.Available + Math.Max(1, ready)),
                        };
                        old = old with { Replicas = wantOld, Existing = wantOld, Available = wantOld };
                        if (newest.Available == wanted && old.Replicas == 0)
                        {
                            return;
                        }
                    }
                    Assert.Fail("the rollout does not end");
                }
            );

    [Fact]
    public void Old_pods_that_serve_nobody_go_first()
    {
        var plan = RolloutPlan.Of(
            Deployment(4, "0", "1"),
            new("new", 0, 0, 0),
            [new("broken", 2, 2, 0), new("good", 2, 2, 2)]
        );
        Assert.Equal(1, plan["broken"]);
        Assert.False(plan.ContainsKey("good"));
    }

    private static V1Deployment Deployment(int wanted, string? surge, string? unavailable) =>
        new()
        {
            Spec = new()
            {
                Replicas = wanted,
                Strategy = new()
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new() { MaxSurge = surge, MaxUnavailable = unavailable },
                },
            },
        };
}
