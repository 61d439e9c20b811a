namespace Tombolo.Cluster.Kubelet;

/// <summary>Turns single results into a verdict: it changes after so many equal results in a row (Kubernetes, probes).</summary>
/// <param name="initial">The verdict before the first result.</param>
internal sealed class ProbeCounter(bool initial, int successThreshold, int failureThreshold)
{
    private int inRow;
    private bool last;

    public bool Passing { get; private set; } = initial;

    /// <summary>Failures of which the threshold has been reached; a liveness probe that starts as passing may act.</summary>
    public bool Failed { get; private set; }

    public void Observe(bool success)
    {
        inRow = success == last ? inRow + 1 : 1;
        last = success;
        if (inRow >= (success ? successThreshold : failureThreshold))
        {
            Passing = success;
            Failed = !success;
        }
    }
}
