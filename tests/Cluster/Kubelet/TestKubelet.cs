using System.Net;
using Tombolo.Cluster.Kubelet;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>A kubelet of node-1 with the fake plugin, over plain processes; it can be stopped and started again.</summary>
internal sealed class TestKubelet : IAsyncDisposable
{
    public const string Token = "kubelet-token";

    private readonly TestCluster cluster;
    private readonly string folder;
    private CancellationTokenSource? stop;
    private Task running = Task.CompletedTask;

    public TestKubelet(TestCluster cluster)
    {
        this.cluster = cluster;
        folder = Path.Combine(cluster.Folder, "node-1");
        Plugin = new FakePlugin(folder);
        ConfigDirectory = Path.Combine(folder, "net.d");
        Directory.CreateDirectory(ConfigDirectory);
        WriteConfig();
    }

    public FakePlugin Plugin { get; }

    public PlainSandbox Sandbox { get; } = new();

    public string ConfigDirectory { get; }

    public string StateDirectory => Path.Combine(folder, "state");

    public void WriteConfig() =>
        File.WriteAllText(
            Path.Combine(ConfigDirectory, "10-fake.conflist"),
            """{"cniVersion":"1.1.0","name":"net","plugins":[{"type":"fake","socket":"/x"}]}"""
        );

    /// <summary>One that runs already runs on.</summary>
    public void Start()
    {
        if (stop is not null)
        {
            return;
        }
        stop = CancellationTokenSource.CreateLinkedTokenSource(TestCluster.Cancel);
        var options = new KubeletOptions
        {
            NodeName = "node-1",
            NodeAddress = IPAddress.Loopback,
            Kubeconfig = cluster.Kubeconfig,
            CniConfigDirectory = ConfigDirectory,
            CniBinaryDirectories = [Plugin.Binaries],
            StateDirectory = StateDirectory,
            Images = new Dictionary<string, string> { ["lab/echo"] = "/bin/echo" },
            Port = 0,
            BearerToken = Token,
            CrashBackoff = TimeSpan.FromSeconds(30),
        };
        running = KubeletRole.RunAsync(options, Sandbox, stop.Token);
    }

    /// <summary>The kubelet ends, its pods run on.</summary>
    public async Task StopAsync()
    {
        if (stop is not null)
        {
            await stop.CancelAsync();
            await running;
            stop.Dispose();
            stop = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Sandbox.LoseAllAsync();
    }
}
