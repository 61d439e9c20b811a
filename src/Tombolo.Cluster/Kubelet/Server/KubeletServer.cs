using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Cluster.Kubelet;

/// <summary>Logs and exec for the API server, at the paths that Kubernetes' kubelet has.</summary>
internal sealed class KubeletServer : IAsyncDisposable
{
    private readonly WebApplication web;

    private KubeletServer(WebApplication web, LogClock logs)
    {
        this.web = web;
        Logs = logs;
    }

    public LogClock Logs { get; }

    public int Port =>
        new Uri(
            web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ).Port; // it listens

    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<KubeletServer> StartAsync(PodServices services, PodSet pods, CancellationToken cancel)
    {
        var options = services.Options;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.AddSingleton<IHostLifetime, BorrowedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(
                options.NodeAddress,
                options.Port,
                listen =>
                {
                    if (options.CertificateFile is { } certificate)
                    {
                        listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, options.KeyFile));
                    }
                }
            );
        });
        var web = builder.Build();
        web.UseWebSockets();
        web.Use((context, next) => Allowed(context, options.BearerToken) ? next(context) : Refuse(context));
        var logs = new LogRequests(pods, options.Time);
        var exec = new ExecRequests(services, pods);
        web.MapGet("/healthz", () => "ok");
        web.MapGet("/containerLogs/{ns}/{pod}/{container}", logs.AnswerAsync);
        web.MapMethods("/exec/{ns}/{pod}/{container}", ["GET", "POST"], exec.AnswerAsync);
        web.MapFallback(context =>
            StatusAnswer.WriteAsync(
                context,
                501,
                "NotImplemented",
                $"this kubelet does not serve {context.Request.Path.Value?.Split('/').ElementAtOrDefault(1)} yet; it "
                    + "serves logs and exec"
            )
        );
        await web.StartAsync(cancel);
        return new KubeletServer(web, new LogClock(pods, options.Time, services.Log));
    }

    public async ValueTask DisposeAsync()
    {
        await web.StopAsync();
        await web.DisposeAsync();
    }

    private static bool Allowed(HttpContext context, string? token) =>
        token is not null
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString()),
            Encoding.UTF8.GetBytes($"Bearer {token}")
        );

    private static Task Refuse(HttpContext context) =>
        StatusAnswer.WriteAsync(context, 401, "Unauthorized", "the kubelet's bearer token is missing or wrong");
}
