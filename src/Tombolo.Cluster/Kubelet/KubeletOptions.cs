using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tombolo.Cluster.Kubelet;

/// <summary>All that a kubelet is told from outside.</summary>
public sealed record KubeletOptions
{
    public required string NodeName { get; init; }

    /// <summary>The node's InternalIP, which the kubelet's own server listens on too.</summary>
    public required IPAddress NodeAddress { get; init; }

    public required string Kubeconfig { get; init; }

    /// <summary>Holds network configurations, as <c>/etc/cni/net.d</c> does.</summary>
    public required string CniConfigDirectory { get; init; }

    /// <summary>Folders with CNI plugins, as <c>/opt/cni/bin</c>.</summary>
    public required IReadOnlyList<string> CniBinaryDirectories { get; init; }

    /// <summary>A folder per pod with its state and its logs; made if absent.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Programs that stand for images: <c>lab/echo</c> → a path. <c>lab/pause</c> needs none.</summary>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();

    /// <summary>Where logs and exec are served; 0 takes a free port.</summary>
    public int Port { get; init; } = 10250;

    /// <summary>Who asks must show it; null: nobody is let in.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Certificate and key in PEM to serve HTTPS with; null: HTTP.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Labels of the node beside its hostname, such as <c>topology.kubernetes.io/zone</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>How many pods the node takes.</summary>
    public int MaxPods { get; init; } = 250;

    /// <summary>Nameservers of pods with dnsPolicy ClusterFirst; none: they have the host's.</summary>
    public IReadOnlyList<string> ClusterDns { get; init; } = [];

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Sandboxes made at once; more wait.</summary>
    public int ParallelStarts { get; init; } = 16;

    public TimeSpan LeaseInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before the second restart of a container that ended; doubles up to five minutes.</summary>
    public TimeSpan CrashBackoff { get; init; } = TimeSpan.FromSeconds(10);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
