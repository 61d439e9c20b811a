namespace Tombolo.Cluster.ApiServer;

/// <summary>Who writes: the name fields are owned under, the subresource written through, and when.</summary>
internal sealed record FieldManager(string Name, string Subresource, DateTimeOffset Time);
