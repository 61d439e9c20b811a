using System.Collections.Immutable;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Every kind served now. Readers see one immutable set; CRDs replace it as they come and go.</summary>
internal sealed class ResourceRegistry(IEnumerable<Resource> builtIn)
{
    private readonly Lock gate = new();
    private readonly ImmutableArray<Resource> fixedKinds = [.. builtIn];
    private readonly Dictionary<string, IReadOnlyList<Resource>> custom = [];
    private volatile ResourceSet current = new([.. builtIn]);

    public ResourceSet Current => current;

    /// <summary>Serves a definition's versions, in place of what it had before; none: it is gone.</summary>
    public void Serve(string definition, IReadOnlyList<Resource> versions)
    {
        lock (gate)
        {
            if (versions.Count == 0)
            {
                custom.Remove(definition);
            }
            else
            {
                custom[definition] = versions;
            }
            current = new ResourceSet([.. fixedKinds, .. custom.Values.SelectMany(kinds => kinds)]);
        }
    }
}
