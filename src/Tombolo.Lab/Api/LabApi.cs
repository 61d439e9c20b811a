using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Lab.Api;

/// <summary>What the lab's commands ask of its API server: lists, and objects of any kind made or changed. JSON throughout.</summary>
public sealed class LabApi : IDisposable
{
    private readonly HttpClient http;
    private readonly Dictionary<string, JsonArray> resources = [];

    private LabApi(HttpClient http) => this.http = http;

    /// <summary>From a kubeconfig as the lab writes them: one cluster, one user with a token.</summary>
    /// <exception cref="LabException">The file is not such a one.</exception>
    public static LabApi Open(string kubeconfig)
    {
        try
        {
            var root = YamlText.Parse(File.ReadAllBytes(kubeconfig));
            var cluster = root?["clusters"]?[0]?["cluster"];
            var authority = Convert.FromBase64String(Text(cluster?["certificate-authority-data"]));
            var trusted = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(authority));
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
                },
            };
            var http = new HttpClient(handler)
            {
                BaseAddress = new Uri(Text(cluster?["server"])),
                Timeout = TimeSpan.FromSeconds(30),
            };
            var token = Text(root?["users"]?[0]?["user"]?["token"]);
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return new LabApi(http);
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or FormatException)
        {
            throw new LabException($"{kubeconfig} is not the lab's: {broken.Message}", broken);
        }
    }

    /// <summary>Whether the server answers, whatever.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative), cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The items at a path such as <c>/api/v1/nodes</c>; none where the kind does not exist.</summary>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(string path, CancellationToken cancel)
    {
        try
        {
            var list = await SendAsync(HttpMethod.Get, path, null, cancel);
            return [.. (list["items"] as JsonArray ?? []).OfType<JsonObject>()];
        }
        catch (ApiException none) when (none.Code == HttpStatusCode.NotFound)
        {
            return [];
        }
    }

    /// <summary>Makes the object, or changes what is there to hold what is said here (server-side apply).</summary>
    public async Task ApplyAsync(JsonObject item, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(item);
        var path =
            $"{await PathAsync(item, cancel)}/{(string?)item["metadata"]?["name"]}?fieldManager=tombolo-lab&force=true";
        await SendAsync(HttpMethod.Patch, path, Content(item, "application/apply-patch+yaml"), cancel);
    }

    public void Dispose() => http.Dispose();

    private async Task<string> PathAsync(JsonObject item, CancellationToken cancel)
    {
        var version = (string?)item["apiVersion"] ?? "";
        var kind = (string?)item["kind"] ?? "";
        var group = version.Contains('/') ? $"/apis/{version}" : $"/api/{version}";
        if (Find(resources.GetValueOrDefault(group)) is not { } resource)
        {
            resources[group] = (await SendAsync(HttpMethod.Get, group, null, cancel))["resources"] as JsonArray ?? [];
            resource =
                Find(resources[group])
                ?? throw new ApiException(HttpStatusCode.NotFound, $"no kind {kind} in {version}");
        }
        var plural = (string?)resource["name"];
        return (bool?)resource["namespaced"] == true
            ? $"{group}/namespaces/{(string?)item["metadata"]?["namespace"] ?? "default"}/{plural}"
            : $"{group}/{plural}";

        JsonObject? Find(JsonArray? among) =>
            among
                ?.OfType<JsonObject>()
                .FirstOrDefault(one =>
                    (string?)one["kind"] == kind && (string?)one["name"] is { } name && !name.Contains('/')
                );
    }

    private async Task<JsonObject> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? body,
        CancellationToken cancel
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var answer = await http.SendAsync(request, cancel);
        var text = await answer.Content.ReadAsStringAsync(cancel);
        JsonObject? json = null;
        try
        {
            json = JsonNode.Parse(text) as JsonObject;
        }
        catch (System.Text.Json.JsonException) { } // an error page: its status says enough
        if (!answer.IsSuccessStatusCode || json is null)
        {
            throw new ApiException(
                answer.StatusCode,
                $"{method} {path}: {(string?)json?["message"] ?? $"{(int)answer.StatusCode}"}"
            );
        }
        return json;
    }

    private static StringContent Content(JsonObject item, string type) =>
        new(item.ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse(type));

    private static string Text(JsonNode? node) => (string?)node ?? throw new FormatException("a field is missing");
}
