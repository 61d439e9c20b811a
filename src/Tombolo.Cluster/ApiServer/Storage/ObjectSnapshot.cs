using System.Collections.Immutable;

namespace Tombolo.Cluster.ApiServer;

/// <summary>All objects of one kind at one revision.</summary>
internal sealed record ObjectSnapshot(ImmutableSortedDictionary<ObjectKey, StoredObject> Objects, long Revision);
