using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>One change asked of the writer; judged against what is committed when its turn comes.</summary>
/// <param name="Kind">Storage name of the kind.</param>
/// <param name="Key">Which object.</param>
/// <param name="Expected">The revision that must be current; 0: the object must not exist.</param>
/// <param name="Object">The new content (its resourceVersion is overwritten); of a deletion, the last content.</param>
/// <param name="Delete">True removes the object.</param>
/// <param name="Checks">Further conditions, judged at the same moment.</param>
internal sealed record Write(
    string Kind,
    ObjectKey Key,
    long Expected,
    JsonObject Object,
    bool Delete = false,
    WriteChecks Checks = WriteChecks.None
);

/// <summary>What else must hold when a write is committed.</summary>
[Flags]
internal enum WriteChecks
{
    None = 0,

    /// <summary>The object's namespace exists and is not terminating.</summary>
    NamespaceOpen = 1,
}
