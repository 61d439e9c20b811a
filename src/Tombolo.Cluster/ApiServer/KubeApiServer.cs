using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A running Kubernetes-compatible API server; disposing it stops it and closes its database.</summary>
public sealed class KubeApiServer : IAsyncDisposable
{
    private readonly ServedObjects objects;
    private readonly KubeletProxy kubelets;
    private readonly WebApplication web;
    private readonly CancellationTokenSource stopping = new();

    private KubeApiServer(ApiServerOptions options, ClusterCa ca, string adminToken, ServedObjects objects, ILogger log)
    {
        (Ca, AdminToken, this.objects) = (ca, adminToken, objects);
        kubelets = new KubeletProxy(objects.Store, ca, options.KubeletScheme, options.KubeletToken);
        var tokens = options.TokenFile is { } file ? new TokenFile(file) : null;
        var authentication = new Authentication(ca, adminToken, tokens);
        var resources = new ResourceRequests(
            objects.Verbs,
            authentication,
            new ListRequests(objects.Verbs, new ChunkedLists(options.Time)),
            new WatchRequests(objects.Verbs, options.BookmarkInterval, stopping.Token),
            new Subresources(objects.Verbs, kubelets)
        );
        var requests = new ApiRequests(
            objects.Verbs,
            authentication,
            resources,
            new Discovery(objects.Registry),
            new OpenApi(objects.Registry, objects.Schemas),
            log
        );
        web = WebHost.Make(options, ca, requests);
    }

    /// <summary>The cluster's authority: for certificates of further clients.</summary>
    public ClusterCa Ca { get; }

    /// <summary>Token of the administrator (group system:masters), kept in <c>pki/admin.token</c>.</summary>
    public string AdminToken { get; }

    /// <summary>The URLs listened on, <c>https://127.0.0.1:6443</c>.</summary>
    public IReadOnlyList<string> Urls =>
        [.. web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    /// <summary>Opens the database, makes what every cluster has, listens, and writes the kubeconfigs.</summary>
    /// <exception cref="StorageException">The database cannot be opened, or another server holds it.</exception>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<KubeApiServer> StartAsync(ApiServerOptions options, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var pki = Path.Combine(options.DataDirectory, "pki");
        var log = options.Loggers.CreateLogger("Tombolo.Cluster.ApiServer");
        var ca = ClusterCa.Open(pki, options.Time);
        var objects = await ServedObjects.OpenAsync(options, ca.CertificatePem, log, cancel);
        var server = new KubeApiServer(options, ca, AdminTokenOf(pki), objects, log);
        try
        {
            await server.web.StartAsync(cancel);
            foreach (var kubeconfig in options.Kubeconfigs)
            {
                var url = kubeconfig.ServerUrl ?? server.Urls[0];
                Kubeconfig.Write(kubeconfig.Path, url, ca.CertificatePem, server.AdminToken);
            }
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await web.StopAsync();
        await web.DisposeAsync();
        await objects.DisposeAsync();
        kubelets.Dispose();
        Ca.Dispose();
        stopping.Dispose();
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
}
