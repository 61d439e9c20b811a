using System.Collections.Immutable;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The kinds served at one moment, found by group, version and plural.</summary>
internal sealed class ResourceSet
{
    private readonly Dictionary<(string Group, string Version, string Plural), Resource> byPath;

    public ResourceSet(ImmutableArray<Resource> resources)
    {
        All = resources;
        byPath = resources.ToDictionary(r => (r.Group, r.Version, r.Plural));
    }

    public ImmutableArray<Resource> All { get; }

    public Resource? Find(string group, string version, string plural) =>
        byPath.GetValueOrDefault((group, version, plural));

    /// <summary>The kind of the objects that are stored under this name, in its stored version.</summary>
    public Resource? Stored(string storageKind) =>
        All.FirstOrDefault(r => r.View is null && r.Qualified == storageKind && r.Version == r.StorageVersion)
        ?? All.FirstOrDefault(r => r.View is null && r.Qualified == storageKind);

    /// <summary>Groups in order, the core group first, each with its versions, the preferred one first.</summary>
    public IEnumerable<(string Group, IReadOnlyList<string> Versions)> Groups() =>
        All.GroupBy(r => r.Group)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g =>
                (
                    g.Key,
                    (IReadOnlyList<string>)
                        [.. g.Select(r => r.Version).Distinct().OrderBy(v => v, VersionOrder.Instance)]
                )
            );
}
