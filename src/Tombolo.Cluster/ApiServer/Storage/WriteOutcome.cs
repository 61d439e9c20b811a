namespace Tombolo.Cluster.ApiServer;

/// <summary>What became of a write.</summary>
internal enum WriteOutcome
{
    Committed,

    /// <summary>Another revision is current, or the object exists (or is gone) against expectation.</summary>
    Conflict,
    NamespaceMissing,
    NamespaceTerminating,
}

/// <summary>Answer to a write.</summary>
/// <param name="Object">Committed: the new version. Conflict: the current one, null if there is none.</param>
internal readonly record struct WriteResult(WriteOutcome Outcome, StoredObject? Object);
