namespace Tombolo.Cluster.ApiServer;

/// <summary>A kubeconfig to write at start.</summary>
/// <param name="Path">Where; its folder is made if absent. The file is readable by its owner only.</param>
/// <param name="ServerUrl">The URL that its user dials; null: the first address that the server listens on.</param>
public sealed record KubeconfigFile(string Path, string? ServerUrl = null);
