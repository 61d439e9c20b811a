using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tombolo.Cluster.Controllers;

/// <summary>All that the cluster's controllers are told from outside.</summary>
public sealed record ControllersOptions
{
    public required string Kubeconfig { get; init; }

    /// <summary>A node whose Lease is older than this is not heard of: Ready becomes Unknown.</summary>
    public TimeSpan NodeGrace { get; init; } = TimeSpan.FromSeconds(40);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
