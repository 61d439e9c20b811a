namespace Tombolo.Cluster.Kubelet;

/// <summary>One run of a probe.</summary>
/// <param name="Message">What it printed, or why it could not run.</param>
internal readonly record struct ProbeResult(bool Success, string Message);
