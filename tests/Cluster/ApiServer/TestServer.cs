using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>A real server on a free port of 127.0.0.1 with a folder of its own, and a client of it.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private KubeApiServer? server;
    private HttpClient? client;

    public string Folder { get; } = Directory.CreateTempSubdirectory("tombolo-apiserver-").FullName;

    /// <summary>Changes the options before the start.</summary>
    internal Func<ApiServerOptions, ApiServerOptions> With { get; init; } = options => options;

    public string Url => Server.Urls[0];

    public string KubeconfigPath => Path.Combine(Folder, "kubeconfig");

    public HttpClient Client => client ?? throw new InvalidOperationException("not started");

    public KubeApiServer Server => server ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        server = await KubeApiServer.StartAsync(
            With(
                new ApiServerOptions
                {
                    DataDirectory = Path.Combine(Folder, "data"),
                    Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
                    Kubeconfigs = [new KubeconfigFile(KubeconfigPath)],
                }
            ),
            TestContext.Current.CancellationToken
        );
        client = MakeClient(server.AdminToken);
    }

    public async Task StopAsync()
    {
        client?.Dispose();
        client = null;
        if (server is not null)
        {
            await server.DisposeAsync();
        }
        server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A client that trusts the server's authority only.</summary>
    public HttpClient MakeClient(string? token, X509Certificate2? certificate = null)
    {
        var trusted = X509Certificate2.CreateFromPem(Server.Ca.CertificatePem);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { trusted },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
                ClientCertificates = certificate is null ? null : [certificate],
            },
        };
        var made = new HttpClient(handler) { BaseAddress = new Uri(Url) };
        if (token is not null)
        {
            made.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }
        return made;
    }

    public async Task<Reply> SendAsync(
        HttpMethod method,
        string path,
        string? body = null,
        string type = "application/json",
        string? accept = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new(type);
        }
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var warnings = response.Headers.TryGetValues("Warning", out var values) ? values.ToArray() : [];
        return new Reply((int)response.StatusCode, text, warnings);
    }

    public Task<Reply> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, accept: accept);

    public Task<Reply> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Reply> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Reply> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    public Task<Reply> MergeAsync(string path, string patch) =>
        SendAsync(HttpMethod.Patch, path, patch, "application/merge-patch+json");

    /// <summary>A namespace of the test's own.</summary>
    public async Task<string> MakeNamespaceAsync()
    {
        var made = await PostAsync("/api/v1/namespaces", """{"metadata":{"generateName":"test-"}}""");
        return made.Expect(201).Text("metadata", "name")!;
    }

    public static string ConfigMap(string name, string more = "") =>
        $"{{\"metadata\":{{\"name\":\"{name}\"{more}}},\"data\":{{\"k\":\"v\"}}}}";
}

/// <summary>What the server answered.</summary>
public sealed record Reply(int Code, string Body, IReadOnlyList<string> Warnings)
{
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    public JsonObject Expect(int code)
    {
        Assert.True(Code == code, $"{Code} instead of {code}: {Body}");
        return Json;
    }

    /// <summary>A Status with this code and reason.</summary>
    public JsonObject ExpectError(int code, string reason)
    {
        var status = Expect(code);
        Assert.Equal("Status", status.Text("kind"));
        Assert.Equal(reason, status.Text("reason"));
        return status;
    }
}
