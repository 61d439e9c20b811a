namespace Tombolo.Cluster.ApiServer;

/// <summary>Where the scale subresource finds its numbers, each as field names from the root.</summary>
internal sealed record ScalePaths(string[] SpecReplicas, string[] StatusReplicas, string[]? Selector);
