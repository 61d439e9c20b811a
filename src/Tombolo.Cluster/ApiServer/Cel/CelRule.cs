namespace Tombolo.Cluster.ApiServer;

/// <summary>One x-kubernetes-validations rule of a schema.</summary>
internal sealed record CelRule(string Rule);
