using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>All that is beneath HTTP: the database, the kinds, the verbs, and the loops that clean up.</summary>
internal sealed class ServedObjects : IAsyncDisposable
{
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    private readonly List<IAsyncDisposable> loops = [];

    private ServedObjects(ApiServerOptions options, ILogger log)
    {
        var custom = new CustomResources(Schemas.Of(typeof(V1ObjectMeta)));
        ResourceRegistry? registry = null;
        var definitions = new DefinitionRules(custom, () => registry!.Current, options.Time); // asked by requests only
        Registry = registry = new ResourceRegistry(BuiltInResources.Read(Schemas, definitions.Rules));
        var database = new ObjectDatabase(Path.Combine(options.DataDirectory, "objects.db"), options.DatabaseQuota);
        Store = new ObjectStore(database, options.WatchHistory, options.WatchBacklog, log);
        new DefinitionsServed(Registry, custom, log).Follow(Store);
        Verbs = new ObjectVerbs(Store, Registry, options.Time);
    }

    public ModelSchemas Schemas { get; } = new();

    public ResourceRegistry Registry { get; }

    public ObjectStore Store { get; }

    public ObjectVerbs Verbs { get; }

    /// <summary>Opens the database, starts the loops, and makes the namespaces that every cluster has.</summary>
    /// <exception cref="StorageException">The database cannot be opened or written.</exception>
    public static async Task<ServedObjects> OpenAsync(
        ApiServerOptions options,
        string caPem,
        ILogger log,
        CancellationToken cancel
    )
    {
        var objects = new ServedObjects(options, log);
        try
        {
            var verbs = objects.Verbs;
            objects.loops.Add(new GarbageCollector(verbs, log));
            objects.loops.Add(new NamespaceLife(verbs, caPem, log));
            objects.loops.Add(new DefinitionCleanup(verbs, log));
            objects.loops.Add(new EventExpiry(verbs, log));
            await objects.MakeNamespacesAsync(cancel);
            return objects;
        }
        catch
        {
            await objects.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var loop in loops)
        {
            await loop.DisposeAsync();
        }
        await Store.DisposeAsync();
    }

    private async Task MakeNamespacesAsync(CancellationToken cancel)
    {
        var namespaces = Registry.Current.Find("", "v1", "namespaces")!; // built in
        foreach (var name in Namespaces.Where(name => Store.Find("namespaces", new ObjectKey("", name)) is null))
        {
            var item = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
            await Verbs.CreateAsync(namespaces, "", item, WriteOptions.Plain, cancel);
        }
    }
}
