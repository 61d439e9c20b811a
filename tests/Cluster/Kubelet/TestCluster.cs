using System.Net;
using k8s;
using k8s.Models;
using Tombolo.Cluster.ApiServer;
using Tombolo.Cluster.Client;

namespace Tombolo.Tests.Cluster;

/// <summary>The real API server in this process, on a free port of 127.0.0.1, and a client of it.</summary>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly KubeApiServer server;

    private TestCluster(KubeApiServer server, string folder)
    {
        this.server = server;
        Folder = folder;
        Client = ClusterClient.From(Kubeconfig);
    }

    public string Folder { get; }

    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    public ClusterClient Client { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<TestCluster> StartAsync(string? kubeletToken = null)
    {
        var folder = Directory.CreateTempSubdirectory("tombolo-cluster-").FullName;
        var options = new ApiServerOptions
        {
            DataDirectory = Path.Combine(folder, "data"),
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            Kubeconfigs = [new KubeconfigFile(Path.Combine(folder, "kubeconfig"))],
            KubeletToken = kubeletToken,
        };
        return new TestCluster(await KubeApiServer.StartAsync(options, Cancel), folder);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public Task<V1Pod> CreatePodAsync(string name, V1PodSpec spec) =>
        Client.CreateAsync(
            new V1Pod
            {
                ApiVersion = "v1",
                Kind = "Pod",
                Metadata = new() { Name = name, NamespaceProperty = "default" },
                Spec = spec,
            },
            Cancel
        );

    public Task<V1Pod?> PodAsync(string name) => Client.FindAsync<V1Pod>("default", name, Cancel);

    /// <summary>The pod, once it is as said.</summary>
    public Task<V1Pod> PodAsync(string name, Func<V1Pod, bool> is_, string what, double seconds = 60) =>
        Soon.FindAsync(
            async () => await PodAsync(name) is { } pod && is_(pod) ? pod : null,
            $"pod {name} {what}",
            seconds
        );

    public Task DeletePodAsync(string name, int? grace = null) =>
        Client.DeleteAsync<V1Pod>("default", name, null, grace, Cancel);

    /// <summary>An event on an object of this name, once it is there.</summary>
    public Task<Corev1Event> EventAsync(string on, string reason, string words = "") =>
        Soon.FindAsync(
            async () =>
                (await EventsAsync()).FirstOrDefault(e =>
                    e.InvolvedObject.Name == on
                    && e.Reason == reason
                    && e.Message.Contains(words, StringComparison.Ordinal)
                ),
            $"event {reason} on {on} with '{words}'"
        );

    public async Task<IReadOnlyList<Corev1Event>> EventsAsync() =>
        (await Client.ListAsync<Corev1Event>("", Cancel)).Items;

    public static V1PodSpec Shell(string script, string? node = "node-1", string restart = "Always") =>
        new()
        {
            NodeName = node,
            RestartPolicy = restart,
            TerminationGracePeriodSeconds = 2,
            Containers = [ShellContainer("main", script)],
        };

    public static V1Container ShellContainer(string name, string script) =>
        new()
        {
            Name = name,
            Image = "host",
            Command = ["/bin/sh", "-c", script],
        };
}
