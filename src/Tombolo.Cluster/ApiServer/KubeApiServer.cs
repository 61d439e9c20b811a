using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A running Kubernetes-compatible API server; disposing it stops it and closes its database.</summary>
public sealed class KubeApiServer : IAsyncDisposable
{
    private readonly WebApplication web;
    private readonly ObjectStore store;
    private readonly KubeletProxy kubelets;
    private readonly CancellationTokenSource stopping;
    private readonly IReadOnlyList<IAsyncDisposable> loops;

    private KubeApiServer(
        WebApplication web,
        ObjectStore store,
        KubeletProxy kubelets,
        CancellationTokenSource stopping,
        IReadOnlyList<IAsyncDisposable> loops
    )
    {
        (this.web, this.store, this.kubelets, this.stopping, this.loops) = (web, store, kubelets, stopping, loops);
    }

    /// <summary>The cluster's authority: for certificates of further clients.</summary>
    public required ClusterCa Ca { get; init; }

    /// <summary>Token of the administrator (group system:masters), kept in <c>pki/admin.token</c>.</summary>
    public required string AdminToken { get; init; }

    /// <summary>The URLs listened on, <c>https://127.0.0.1:6443</c>.</summary>
    public IReadOnlyList<string> Urls =>
        [.. web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Opens the database, makes what every cluster has, listens, and writes the kubeconfigs.</summary>
    /// <exception cref="StorageException">The database cannot be opened.</exception>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<KubeApiServer> StartAsync(ApiServerOptions options, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var pki = Path.Combine(options.DataDirectory, "pki");
        var ca = ClusterCa.Open(pki, options.Time);
        var adminToken = AdminTokenOf(pki);
        var stopping = new CancellationTokenSource();
        var log = options.Loggers.CreateLogger("Tombolo.Cluster.ApiServer");

        var schemas = new ModelSchemas();
        var custom = new CustomResources(schemas.Of(typeof(V1ObjectMeta)));
        ResourceRegistry? registry = null;
        var definitions = new DefinitionRules(custom, () => registry!.Current, options.Time); // asked by requests only
        registry = new ResourceRegistry(BuiltInResources.Read(schemas, definitions.Rules));
        var database = new ObjectDatabase(Path.Combine(options.DataDirectory, "objects.db"), options.DatabaseQuota);
        var store = new ObjectStore(database, options.WatchHistory, options.WatchBacklog, log);
        new DefinitionsServed(registry, custom, log).Follow(store);
        var verbs = new ObjectVerbs(store, registry, options.Time);
        var kubelets = new KubeletProxy(store, ca, options.KubeletScheme, options.KubeletToken);
        var authentication = new Authentication(
            ca,
            adminToken,
            options.TokenFile is { } file ? new TokenFile(file) : null
        );
        var requests = new ApiRequests(
            verbs,
            authentication,
            new ResourceRequests(
                verbs,
                authentication,
                new ListRequests(verbs, new ChunkedLists(options.Time)),
                new WatchRequests(verbs, options.BookmarkInterval, stopping.Token),
                new Subresources(verbs, kubelets)
            ),
            new Discovery(registry),
            new OpenApi(registry, schemas),
            log
        );
        IAsyncDisposable[] loops =
        [
            new GarbageCollector(verbs, log),
            new NamespaceLife(verbs, ca.CertificatePem, log),
            new DefinitionCleanup(verbs, log),
        ];
        await MakeNamespacesAsync(verbs, cancel);

        var web = Web(options, ca, requests);
        await web.StartAsync(cancel);
        var server = new KubeApiServer(web, store, kubelets, stopping, loops) { Ca = ca, AdminToken = adminToken };
        foreach (var kubeconfig in options.Kubeconfigs)
        {
            var url = kubeconfig.ServerUrl ?? server.Urls[0];
            Kubeconfig.Write(kubeconfig.Path, url, ca.CertificatePem, adminToken);
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await web.StopAsync();
        await web.DisposeAsync();
        foreach (var loop in loops)
        {
            await loop.DisposeAsync();
        }
        await store.DisposeAsync();
        kubelets.Dispose();
        Ca.Dispose();
        stopping.Dispose();
    }

    private static WebApplication Web(ApiServerOptions options, ClusterCa ca, ApiRequests requests)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.AddSingleton<IHostLifetime, BorrowedLifetime>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // RequestBody has the limit, and Kubernetes' words for it
            // One kubectl or informer client holds all its watches on one HTTP/2 connection.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
            foreach (var endpoint in options.Listen)
            {
                kestrel.Listen(endpoint, listen => Secure(listen, options, ca));
            }
            foreach (var handle in options.ListenHandles)
            {
                kestrel.ListenHandle(handle, listen => Secure(listen, options, ca));
            }
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var web = builder.Build();
        web.Run(requests.AnswerAsync);
        return web;
    }

    private static void Secure(ListenOptions listen, ApiServerOptions options, ClusterCa ca)
    {
        string[] always =
        [
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "127.0.0.1",
            "::1",
        ];
        var listened = options.Listen.Select(endpoint => endpoint.Address).Where(a => !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any));
        var names = always.Concat(options.CertificateNames).Concat(listened.Select(address => address.ToString()));
        var certificate = ca.IssueServer("tombolo-lab-apiserver", names);
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // Who sends a certificate that is not ours is nobody, and told so by a 401, not by a broken handshake.
            https.ClientCertificateValidation = static (_, _, _) => true;
        });
    }

    private static string AdminTokenOf(string pki)
    {
        var path = Path.Combine(pki, "admin.token");
        if (!File.Exists(path))
        {
            PrivateFile.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        }
        return File.ReadAllText(path).Trim();
    }

    private static async Task MakeNamespacesAsync(ObjectVerbs verbs, CancellationToken cancel)
    {
        var namespaces = verbs.Registry.Current.Find("", "v1", "namespaces")!; // a built-in kind
        foreach (var name in new[] { "default", "kube-system", "kube-public", "kube-node-lease" })
        {
            if (verbs.Store.Find("namespaces", new ObjectKey("", name)) is null)
            {
                var item = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
                await verbs.CreateAsync(namespaces, "", item, WriteOptions.Plain, cancel);
            }
        }
    }
}
