namespace Tombolo.Cluster.Kubelet;

/// <summary>A container's part of <see cref="PodState"/>.</summary>
internal sealed record ContainerState
{
    /// <summary>Of the current run; null before the first.</summary>
    public string? Id { get; set; }

    /// <summary>0 for a container without a process (<c>lab/pause</c>).</summary>
    public int Pid { get; set; }

    public long ProcessStart { get; set; }

    public DateTime StartedAt { get; set; }

    public int Restarts { get; set; }

    /// <summary>Ends in a row, for the back-off; a run of ten minutes sets it to zero.</summary>
    public int Crashes { get; set; }

    /// <summary>How the current run ended; null while it runs.</summary>
    public ContainerEnd? End { get; set; }

    /// <summary>How the run before ended.</summary>
    public ContainerEnd? LastEnd { get; set; }

    public bool IsRunning => Id is not null && End is null;
}
