using k8s.Models;

namespace Tombolo.Cluster.Controllers;

/// <summary>The taints that follow from a node's Ready condition. Pure.</summary>
internal static class NodeTaints
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string Unreachable = "node.kubernetes.io/unreachable";

    /// <param name="ready">True, False or Unknown.</param>
    /// <returns>Others' taints as they are; ours keep the time when they came.</returns>
    public static IReadOnlyList<V1Taint> Of(IEnumerable<V1Taint> old, string ready, DateTime now)
    {
        var key = ready switch
        {
            "True" => null,
            "False" => NotReady,
            _ => Unreachable,
        };
        var list = old.ToList();
        var taints = list.Where(taint => taint.Key is not (NotReady or Unreachable)).ToList();
        foreach (var effect in key is null ? [] : new[] { "NoSchedule", "NoExecute" })
        {
            taints.Add(
                list.Find(taint => taint.Key == key && taint.Effect == effect)
                    ?? new V1Taint
                    {
                        Key = key,
                        Effect = effect,
                        TimeAdded = effect == "NoExecute" ? now : null,
                    }
            );
        }
        return taints;
    }
}
