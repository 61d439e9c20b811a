using k8s.Models;
using Tombolo.Cluster.Controllers;

namespace Tombolo.Tests.Cluster.Controllers;

/// <summary>Taints that follow a node's condition, and how long pods bear them.</summary>
public class NodeTaintsTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Taints_follow_the_condition_and_leave_others_alone()
    {
        var own = new V1Taint { Key = "gpu", Effect = "NoSchedule" };
        var unknown = NodeTaints.Of([own], "Unknown", Now);
        Assert.Equal(
            ["gpu", "node.kubernetes.io/unreachable", "node.kubernetes.io/unreachable"],
            unknown.Select(t => t.Key)
        );
        Assert.Equal(Now, unknown.Single(t => t.Effect == "NoExecute").TimeAdded);
        var later = NodeTaints.Of(unknown, "Unknown", Now.AddMinutes(1));
        Assert.Equal(unknown, later); // with the time when they came
        Assert.All(
            NodeTaints.Of(later, "False", Now).Skip(1),
            t => Assert.Equal("node.kubernetes.io/not-ready", t.Key)
        );
        Assert.Equal([own], NodeTaints.Of(later, "True", Now));
    }

    [Theory]
    [InlineData(null, 0)] // does not tolerate it: at once
    [InlineData(300L, 300)]
    [InlineData(-5L, 0)]
    [InlineData(long.MaxValue, null)] // for ever
    public void A_toleration_may_end(long? seconds, int? after)
    {
        var node = new V1Node
        {
            Spec = new()
            {
                Taints =
                [
                    new()
                    {
                        Key = "k",
                        Effect = "NoExecute",
                        TimeAdded = Now,
                    },
                ],
            },
        };
        var toleration = new V1Toleration
        {
            Key = "k",
            OperatorProperty = "Exists",
            TolerationSeconds = seconds == long.MaxValue ? null : seconds,
        };
        var pod = new V1Pod { Spec = new() { Tolerations = seconds is null ? [] : [toleration] } };
        Assert.Equal(after is null ? null : Now.AddSeconds(after.Value), Toleration.EndsAt(pod, node));
        Assert.Null(Toleration.EndsAt(pod, new V1Node()));
    }
}
