using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Tombolo.Cluster.Client;

/// <summary>
/// The cluster's own typed client: what controllers, scheduler and kubelet need of the API, and no more. A refusal is a
/// <see cref="RefusedException"/>; a server that cannot be reached is an <see cref="HttpRequestException"/>.
/// </summary>
public sealed class ClusterClient : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(15);

    private readonly Kubernetes client;
    private readonly string? token;

    public ClusterClient(KubernetesClientConfiguration configuration, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan; // watches last; calls carry a deadline of their own
        client = new Kubernetes(configuration);
        token = configuration.AccessToken;
        Time = time ?? TimeProvider.System;
    }

    public static ClusterClient From(string kubeconfig, TimeProvider? time = null) =>
        new(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), time);

    public TimeProvider Time { get; }

    public DateTime Now => Time.GetUtcNow().UtcDateTime;

    /// <summary>The object, or null where there is none.</summary>
    public async Task<T?> FindAsync<T>(string? inNamespace, string name, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await CallAsync<T>(HttpMethod.Get, ResourcePath<T>.Of(inNamespace, name), null, cancel);
        }
        catch (RefusedException refused) when (refused.IsNotFound)
        {
            return null;
        }
    }

    public Task<T> CreateAsync<T>(T body, CancellationToken cancel)
        where T : IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(HttpMethod.Post, ResourcePath<T>.Of(body.Metadata.NamespaceProperty), Json(body), cancel);

    /// <summary>Writes to a subresource that is no part of the object, as <c>binding</c>.</summary>
    public Task<V1Status> PostAsync<T>(
        string inNamespace,
        string name,
        string subresource,
        object body,
        CancellationToken cancel
    ) => CallAsync<V1Status>(HttpMethod.Post, ResourcePath<T>.Of(inNamespace, name, subresource), Json(body), cancel);

    /// <summary>Replaces the object; the resourceVersion in it must be the current one.</summary>
    public Task<T> UpdateAsync<T>(T body, string? subresource, CancellationToken cancel)
        where T : IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(
            HttpMethod.Put,
            ResourcePath<T>.Of(body.Metadata.NamespaceProperty, body.Metadata.Name, subresource),
            Json(body),
            cancel
        );

    /// <summary>A strategic merge patch: lists with a key are merged by it.</summary>
    public Task<T> PatchAsync<T>(
        string? inNamespace,
        string name,
        string patch,
        string? subresource,
        CancellationToken cancel
    ) =>
        CallAsync<T>(
            HttpMethod.Patch,
            ResourcePath<T>.Of(inNamespace, name, subresource),
            new StringContent(patch, Encoding.UTF8, new MediaTypeHeaderValue("application/strategic-merge-patch+json")),
            cancel
        );

    /// <summary>Deletes the object, if it is still the one with this uid; that there is none is no error.</summary>
    public async Task DeleteAsync<T>(
        string? inNamespace,
        string name,
        string? uid,
        int? graceSeconds,
        CancellationToken cancel
    )
    {
        var options = new V1DeleteOptions
        {
            GracePeriodSeconds = graceSeconds,
            Preconditions = uid is null ? null : new V1Preconditions { Uid = uid },
        };
        try
        {
            await CallAsync<JsonElement>(
                HttpMethod.Delete,
                ResourcePath<T>.Of(inNamespace, name),
                Json(options),
                cancel
            );
        }
        catch (RefusedException refused) when (refused.IsNotFound || refused.IsConflict)
        {
            // Gone already, or another object has taken the name.
        }
    }

    internal Task<ObjectPage<T>> ListAsync<T>(string query, CancellationToken cancel) =>
        CallAsync<ObjectPage<T>>(HttpMethod.Get, ResourcePath<T>.Of(null) + query, null, cancel);

    /// <summary>The lines of a watch, until the server ends it.</summary>
    internal async IAsyncEnumerable<WatchLine> WatchAsync<T>(
        string query,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        using var response = await SendAsync(
            HttpMethod.Get,
            ResourcePath<T>.Of(null) + query,
            null,
            HttpCompletionOption.ResponseHeadersRead,
            cancel
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.Length > 0 && JsonSerializer.Deserialize<WatchLine>(line, WatchLine.Json) is { } read)
            {
                yield return read;
            }
        }
    }

    public void Dispose() => client.Dispose();

    private static StringContent Json(object body) =>
        new(KubernetesJson.Serialize(body), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private async Task<T> CallAsync<T>(HttpMethod method, string path, HttpContent? body, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(CallTimeout);
        try
        {
            using var response = await SendAsync(
                method,
                path,
                body,
                HttpCompletionOption.ResponseContentRead,
                deadline.Token
            );
            return KubernetesJson.Deserialize<T>(await response.Content.ReadAsStringAsync(deadline.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"{method} {path}: no answer within {CallTimeout.TotalSeconds:0} s");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? body,
        HttpCompletionOption completion,
        CancellationToken cancel
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path)) { Content = body };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        var response = await client.HttpClient.SendAsync(request, completion, cancel);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            throw await RefusedException.FromAsync($"{method} {path}", response, cancel);
        }
    }
}
