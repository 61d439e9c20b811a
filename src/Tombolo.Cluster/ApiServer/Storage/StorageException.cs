namespace Tombolo.Cluster.ApiServer;

/// <summary>The database failed: nothing of the write is kept, and the same write may be tried again.</summary>
public sealed class StorageException(string message, Exception inner) : Exception(message, inner);
