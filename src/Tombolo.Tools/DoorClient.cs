using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Tombolo.Api;
using Tombolo.Api.Door;
using Tombolo.Kube;
using Tombolo.Values.Drops;

namespace Tombolo.Tools;

/// <summary>A route server's door, found by its Lease and known by the certificate that the Lease names.</summary>
public sealed class DoorClient : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(15);

    private readonly HttpClient http;

    private DoorClient(Uri door, string fingerprint)
    {
        http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions =
                {
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                        certificate is not null
                        && Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData())) == fingerprint,
                },
            }
        )
        {
            BaseAddress = door,
            Timeout = Within,
        };
    }

    /// <exception cref="ToolException">No route server has renewed its Lease lately.</exception>
    public static async Task<DoorClient> OpenAsync(KubeApi api, CancellationToken cancel)
    {
        var leases = await api.ListAsync<V1Lease>(
            Names.SystemNamespace,
            $"?labelSelector={Uri.EscapeDataString(Names.RouteServer)}",
            cancel
        );
        var lease = leases
            .Items.OrderByDescending(lease => lease.Spec.RenewTime)
            .FirstOrDefault(lease => lease.Metadata.Annotations?.ContainsKey(Names.Door) == true);
        if (lease is null)
        {
            throw new ToolException("no route server runs: none has a Lease in " + Names.SystemNamespace);
        }
        return new DoorClient(
            new Uri(lease.Metadata.Annotations[Names.Door]),
            lease.Metadata.Annotations[Names.DoorCertificate]
        );
    }

    public Task<ServerStatus> StatusAsync(CancellationToken cancel) => GetAsync<ServerStatus>("v1/status", cancel);

    public Task<JsonObject> DumpAsync(string node, string? network, CancellationToken cancel) =>
        GetAsync<JsonObject>(
            $"v1/nodes/{Uri.EscapeDataString(node)}/dump?vrf={Uri.EscapeDataString(network ?? "")}",
            cancel
        );

    /// <summary>Dropped packets of each node, as it answers; following, until cancelled.</summary>
    /// <param name="node">That one alone.</param>
    /// <param name="network">namespace/name: of that one alone.</param>
    public async IAsyncEnumerable<NodeDrops> DropsAsync(
        string? node,
        string? network,
        bool follow,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var path = $"v1/drops?follow={follow}&vrf={Uri.EscapeDataString(network ?? "")}";
        path += node is null ? "" : $"&node={Uri.EscapeDataString(node)}";
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await RefusedAsync(response, path, cancel);
        }
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            yield return JsonSerializer.Deserialize<NodeDrops>(line, JsonSerializerOptions.Web)
                ?? throw new ToolException($"{http.BaseAddress}{path}: empty line");
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<ToolException> RefusedAsync(HttpResponseMessage response, string path, CancellationToken cancel)
    {
        try
        {
            var error = await response.Content.ReadFromJsonAsync<DoorError>(JsonSerializerOptions.Web, cancel);
            return new ToolException(error?.Error ?? $"{path}: {response.StatusCode}");
        }
        catch (JsonException)
        {
            return new ToolException(
                $"{http.BaseAddress}{path}: {(int)response.StatusCode} and no answer that this version reads"
            );
        }
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancel)
    {
        using var response = await http.GetAsync(path, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await RefusedAsync(response, path, cancel);
        }
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancel)
                ?? throw new ToolException($"{http.BaseAddress}{path}: empty answer");
        }
        catch (JsonException)
        {
            throw new ToolException($"{http.BaseAddress}{path}: an answer that this version does not read");
        }
    }
}
