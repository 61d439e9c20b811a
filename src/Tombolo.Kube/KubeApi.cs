using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Tombolo.Kube;

/// <summary>
/// A typed client of a Kubernetes API: reads, writes and watches of any kind that carries a
/// <see cref="KubernetesEntityAttribute"/>. Refusals are <see cref="KubeException"/>; a server that cannot be reached is an
/// <see cref="HttpRequestException"/>.
/// </summary>
public sealed class KubeApi : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private readonly Kubernetes client;
    private readonly string? token;
    private readonly TimeProvider time;
    private long clockOffset;

    public KubeApi(KubernetesClientConfiguration configuration, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan; // watches last; calls carry a deadline of their own
        client = new Kubernetes(configuration);
        token = configuration.AccessToken;
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>From a kubeconfig file, or from within a pod where none is named.</summary>
    public static KubeApi From(string? kubeconfig) =>
        new(
            kubeconfig is null
                ? KubernetesClientConfiguration.BuildDefaultConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig)
        );

    public TimeProvider Time => time;

    /// <summary>The API server's clock, by the <c>Date</c> header of its last answer: what two controllers agree on.</summary>
    public DateTime ServerTime => time.GetUtcNow().UtcDateTime.AddTicks(Volatile.Read(ref clockOffset));

    public Task<T> GetAsync<T>(string? inNamespace, string name, CancellationToken cancel) =>
        CallAsync<T>(HttpMethod.Get, KubeResource<T>.Path(inNamespace, name), null, cancel);

    /// <summary>The object, or null where there is none.</summary>
    public async Task<T?> FindAsync<T>(string? inNamespace, string name, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await GetAsync<T>(inNamespace, name, cancel);
        }
        catch (KubeException refused) when (refused.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>One page of a collection.</summary>
    public Task<KubeList<T>> ListAsync<T>(
        string? inNamespace,
        string? query = null,
        CancellationToken cancel = default
    ) => CallAsync<KubeList<T>>(HttpMethod.Get, KubeResource<T>.Path(inNamespace) + query, null, cancel);

    public Task<T> CreateAsync<T>(T body, CancellationToken cancel)
        where T : IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(HttpMethod.Post, KubeResource<T>.Path(body.Metadata.NamespaceProperty), Serialize(body), cancel);

    /// <summary>Replaces the object; the resourceVersion in it must be the current one.</summary>
    public Task<T> UpdateAsync<T>(T body, CancellationToken cancel)
        where T : IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(
            HttpMethod.Put,
            KubeResource<T>.Path(body.Metadata.NamespaceProperty, body.Metadata.Name),
            Serialize(body),
            cancel
        );

    public Task<T> UpdateStatusAsync<T>(T body, CancellationToken cancel)
        where T : IKubernetesObject<V1ObjectMeta> =>
        CallAsync<T>(
            HttpMethod.Put,
            KubeResource<T>.Path(body.Metadata.NamespaceProperty, body.Metadata.Name, "status"),
            Serialize(body),
            cancel
        );

    /// <summary>A merge patch (RFC 7396), as JSON text.</summary>
    public Task<T> PatchAsync<T>(
        string? inNamespace,
        string name,
        string patch,
        string? subresource,
        CancellationToken cancel
    ) =>
        CallAsync<T>(
            HttpMethod.Patch,
            KubeResource<T>.Path(inNamespace, name, subresource),
            new StringContent(patch, Encoding.UTF8, new MediaTypeHeaderValue("application/merge-patch+json")),
            cancel
        );

    /// <summary>
    /// Adds or takes away a finalizer, if the object is still as it was read. The object given is an informer's, and
    /// others read it: it stays as it is.
    /// </summary>
    /// <returns>The object as it is now.</returns>
    public Task<T> SetFinalizerAsync<T>(T item, string finalizer, bool held, CancellationToken cancel)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var others = (item.Metadata.Finalizers ?? []).Where(one => one != finalizer);
        var metadata = new V1ObjectMeta
        {
            ResourceVersion = item.Metadata.ResourceVersion,
            Finalizers = [.. held ? others.Append(finalizer) : others],
        };
        var patch = $$"""{"metadata":{{KubernetesJson.Serialize(metadata)}}}""";
        return PatchAsync<T>(item.Metadata.NamespaceProperty, item.Metadata.Name, patch, null, cancel);
    }

    /// <summary>Deletes the object; that there is none is no error.</summary>
    public async Task DeleteAsync<T>(string? inNamespace, string name, string? uid, CancellationToken cancel)
    {
        var options = new V1DeleteOptions { Preconditions = uid is null ? null : new V1Preconditions { Uid = uid } };
        try
        {
            await CallAsync<JsonElement>(
                HttpMethod.Delete,
                KubeResource<T>.Path(inNamespace, name),
                Serialize(options),
                cancel
            );
        }
        catch (KubeException refused) when (refused.IsNotFound) { }
    }

    /// <summary>The lines of a watch, until the server ends it.</summary>
    internal async IAsyncEnumerable<KubeWatchLine> WatchAsync<T>(
        string? inNamespace,
        string query,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        using var response = await SendAsync(
            HttpMethod.Get,
            KubeResource<T>.Path(inNamespace) + query,
            null,
            HttpCompletionOption.ResponseHeadersRead,
            cancel
        );
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line.Length > 0 && JsonSerializer.Deserialize<KubeWatchLine>(line, KubeWatchLine.Json) is { } read)
            {
                yield return read;
            }
        }
    }

    public void Dispose() => client.Dispose();

    private static StringContent Serialize<T>(T body) =>
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
        if (response.Headers.Date is { } date)
        {
            Volatile.Write(ref clockOffset, (date - time.GetUtcNow()).Ticks);
        }
        if (response.IsSuccessStatusCode)
        {
            return response;
        }
        using (response)
        {
            throw await RefusalAsync(method, path, response, cancel);
        }
    }

    private static async Task<KubeException> RefusalAsync(
        HttpMethod method,
        string path,
        HttpResponseMessage response,
        CancellationToken cancel
    )
    {
        var text = await response.Content.ReadAsStringAsync(cancel);
        V1Status? status = null;
        try
        {
            status = KubernetesJson.Deserialize<V1Status>(text);
        }
        catch (JsonException) { } // a proxy's page, not the API server's answer
        return new KubeException(
            response.StatusCode,
            status?.Reason ?? response.StatusCode.ToString(),
            $"{method} {path}: {status?.Message ?? text}"
        )
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }
}
