namespace Tombolo.Cluster.ApiServer;

/// <summary>An expression that is none (at parse), or that cannot be evaluated on this value (at run).</summary>
internal sealed class CelException(string message) : Exception(message);
