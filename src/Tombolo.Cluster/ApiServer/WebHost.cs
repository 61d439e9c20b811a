using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Kestrel as this server wants it: HTTPS only, with nothing read from the environment or its folder.</summary>
internal static class WebHost
{
    private static readonly string[] AlwaysNamed =
    [
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "127.0.0.1",
        "::1",
    ];

    public static WebApplication Make(ApiServerOptions options, ClusterCa ca, ApiRequests requests)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.AddSingleton<IHostLifetime, BorrowedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var certificate = ca.IssueServer("tombolo-lab-apiserver", Names(options));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // RequestBody has the limit, and Kubernetes' words for it
            // One kubectl or informer client holds all its watches on one HTTP/2 connection.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10_000;
            foreach (var endpoint in options.Listen)
            {
                kestrel.Listen(endpoint, listen => Secure(listen, certificate));
            }
            foreach (var handle in options.ListenHandles)
            {
                kestrel.ListenHandle(handle, listen => Secure(listen, certificate));
            }
        });
        var web = builder.Build();
        web.Run(requests.AnswerAsync);
        return web;
    }

    private static IEnumerable<string> Names(ApiServerOptions options) =>
        options
            .Listen.Select(endpoint => endpoint.Address)
            .Where(address => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            .Select(address => address.ToString())
            .Concat(AlwaysNamed)
            .Concat(options.CertificateNames);

    private static void Secure(ListenOptions listen, X509Certificate2 certificate) =>
        listen.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // Who sends a certificate that is not ours is nobody, and told so by a 401, not by a broken handshake.
            https.ClientCertificateValidation = static (_, _, _) => true;
        });
}
