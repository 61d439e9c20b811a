using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tombolo.Cluster.ApiServer;

/// <summary>All that an API server is told from outside; validated once at start.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Holds the database (<c>objects.db</c>) and the keys (<c>pki/</c>); made if absent.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Most octets that the database may take; a write beyond is refused with 500. etcd's default quota.</summary>
    public long DatabaseQuota { get; init; } = 2L << 30;

    /// <summary>Addresses to listen on; port 0 takes a free one.</summary>
    public IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Sockets that another process bound and handed over (file descriptors).</summary>
    public IReadOnlyList<ulong> ListenHandles { get; init; } = [];

    /// <summary>DNS names and addresses that the serving certificate carries beyond localhost and kubernetes.default.</summary>
    public IReadOnlyList<string> CertificateNames { get; init; } = [];

    /// <summary>Kubeconfigs of the administrator, one a server URL; null URL: the first address listened on.</summary>
    public IReadOnlyList<KubeconfigFile> Kubeconfigs { get; init; } = [];

    /// <summary>Lines <c>token,user,uid,"group1,group2"</c> as kube-apiserver reads them; read again when it changes.</summary>
    public string? TokenFile { get; init; }

    /// <summary><c>http</c> or <c>https</c>: how kubelets serve logs and exec.</summary>
    public string KubeletScheme { get; init; } = "http";

    /// <summary>Bearer token shown to kubelets.</summary>
    public string? KubeletToken { get; init; }

    /// <summary>Events kept per kind for watches that resume; an older resourceVersion is 410 Gone.</summary>
    public int WatchHistory { get; init; } = 8192;

    /// <summary>Events that may wait for one slow watcher before it is cut.</summary>
    public int WatchBacklog { get; init; } = 8192;

    /// <summary>Longest silence of a watch that asked for bookmarks.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(20);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
