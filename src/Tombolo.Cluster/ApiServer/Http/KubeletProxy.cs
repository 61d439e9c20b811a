using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Sends requests for logs, exec, attach and port-forward on to the kubelet of the pod's node.</summary>
/// <param name="scheme">http or https.</param>
/// <param name="token">Bearer token for kubelets; null: none.</param>
internal sealed class KubeletProxy(ObjectStore store, ClusterCa ca, string scheme, string? token) : IDisposable
{
    // RFC 9110 §7.6.1: these speak of one connection only.
    private static readonly HashSet<string> HopHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Content-Length",
        "Host",
        "Authorization",
        "Accept-Encoding",
    };

    private readonly HttpMessageInvoker client = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5), // a node in the lab is a millisecond away, or gone
            SslOptions = new()
            {
                // By authority and not by name: a kubelet is dialled by its node's address.
                RemoteCertificateValidationCallback = (_, given, _, _) =>
                    given is X509Certificate2 certificate && ca.HasIssued(certificate, ClusterCa.ServerUse),
            },
        }
    );

    public async Task AnswerAsync(HttpContext context, StoredObject pod, string subresource)
    {
        var target = Target(pod, subresource, context.Request);
        using var request = Request(context, target);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, context.RequestAborted);
        }
        catch (HttpRequestException error)
        {
            throw new ApiError(
                500,
                "InternalError",
                $"Get \"{target.GetLeftPart(UriPartial.Path)}\": the kubelet does not answer: {error.Message}"
            );
        }
        using (response)
        {
            await RelayAsync(context, response);
        }
    }

    public void Dispose() => client.Dispose();

    private Uri Target(StoredObject pod, string subresource, HttpRequest request)
    {
        var node = pod.Element.Text("spec", "nodeName");
        if (string.IsNullOrEmpty(node))
        {
            throw ApiError.BadRequest($"pod {pod.Key.Name} does not have a host assigned");
        }
        var found =
            store.Find("nodes", new ObjectKey("", node))?.Element
            ?? throw new ApiError(404, "NotFound", $"nodes \"{node}\" not found");
        var address = found.Items("status", "addresses").Where(a => a.Text("type") == "InternalIP");
        var host = address.Select(a => a.Text("address")).FirstOrDefault();
        if (!IPAddress.TryParse(host, out var parsed))
        {
            throw new ApiError(500, "InternalError", $"node {node} has no InternalIP");
        }
        var port = found.Whole("status", "daemonEndpoints", "kubeletEndpoint", "Port") ?? 10250;
        var name = parsed.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{host}]" : host;
        return new Uri($"{scheme}://{name}:{port}{Path(pod, subresource, request)}{request.QueryString}");
    }

    private static string Path(StoredObject pod, string subresource, HttpRequest request)
    {
        var at = $"{Uri.EscapeDataString(pod.Key.Namespace)}/{Uri.EscapeDataString(pod.Key.Name)}";
        return subresource switch
        {
            "log" => $"/containerLogs/{at}/{Container(pod, request)}",
            "portforward" => $"/portForward/{at}",
            _ => $"/{subresource}/{at}/{Container(pod, request)}",
        };
    }

    private static string Container(StoredObject pod, HttpRequest request)
    {
        var names = pod
            .Element.Items("spec", "containers")
            .Concat(pod.Element.Items("spec", "initContainers"))
            .Select(c => c.Text("name") ?? "")
            .ToList();
        var asked = request.Query["container"].ToString();
        if (asked.Length > 0)
        {
            return names.Contains(asked)
                ? asked
                : throw ApiError.BadRequest($"container {asked} is not valid for pod {pod.Key.Name}");
        }
        return pod.Element.Items("spec", "containers").Count() == 1
            ? names[0]
            : throw ApiError.BadRequest(
                $"a container name must be specified for pod {pod.Key.Name}, choose one of: [{string.Join(' ', names)}]"
            );
    }

    private HttpRequestMessage Request(HttpContext context, Uri target)
    {
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!HopHeaders.Contains(name) && !name.StartsWith(':'))
            {
                request.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        if (context.Request.Headers.Upgrade.ToString() is { Length: > 0 } protocol)
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", protocol);
        }
        return request;
    }

    private static async Task RelayAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!HopHeaders.Contains(name))
            {
                context.Response.Headers.Append(name, values.ToArray());
            }
        }
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            context.Response.Headers.Upgrade = response.Headers.Upgrade.ToString();
            await TunnelAsync(context, response);
            return;
        }
        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        await CopyAsync(body, context.Response.Body, context.RequestAborted);
    }

    /// <summary>After the upgrade every octet goes through as it is, both ways, until either side ends.</summary>
    private static async Task TunnelAsync(HttpContext context, HttpResponseMessage response)
    {
        var upgrade =
            context.Features.Get<IHttpUpgradeFeature>()
            ?? throw ApiError.BadRequest("this connection cannot be upgraded");
        await using var client = await upgrade.UpgradeAsync();
        await using var kubelet = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var up = CopyAsync(client, kubelet, ends.Token);
        var down = CopyAsync(kubelet, client, ends.Token);
        await Task.WhenAny(up, down);
        await ends.CancelAsync();
        await Task.WhenAll(Quietly(up), Quietly(down));
    }

    private static async Task Quietly(Task copy)
    {
        try
        {
            await copy;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The other side ended first.
        }
    }

    /// <summary>Sends on what has come at once: logs are followed as they are written.</summary>
    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancel)
    {
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, cancel)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), cancel);
            await to.FlushAsync(cancel);
        }
    }
}
