using System.Text.Json.Nodes;
using Tombolo.Lab;
using Tombolo.Lab.Api;
using Tombolo.Lab.Sandboxes;

namespace Tombolo.Tests.SystemTests;

/// <summary>A lab of a test's own, driven by the commands that users have; gone with the test.</summary>
internal sealed class LabUnderTest : IDisposable
{
    /// <summary>Deadline of waits, in seconds: a busy machine.</summary>
    public const double Minutes = 180;

    private const string Ours = "/apis/net.tombolo.dev/v1alpha1";

    private static int count;
    private LabApi? api;

    public LabUnderTest(string prefix)
    {
        Assert.SkipUnless(System.Environment.IsPrivilegedProcess, "needs root: it makes network namespaces");
        var checkout = new Checkout(Root.Path);
        Assert.SkipUnless(File.Exists(checkout.Tombolo), $"needs {checkout.Tombolo}: scripts/build");
        Place = new LabPlace(checkout, $"{prefix}{System.Environment.ProcessId}-{Interlocked.Increment(ref count)}");
        Machine = new Machine(Place);
    }

    public LabPlace Place { get; }

    public Machine Machine { get; }

    public IReadOnlyList<string> Nodes => [.. (LabSpec.Read(Place)?.All ?? []).Select(node => node.Name)];

    /// <summary><c>lab up</c> with further words; what it printed.</summary>
    public string Up(params string[] words) => Tombolo(0, ["lab", "up", "--name", Place.Name, .. words]);

    public string Tombolo(int code, params string[] arguments) => Run(Place.Checkout.Tombolo, code, arguments);

    public string Kubectl(params string[] arguments) => Run("kubectl", 0, arguments).TrimEnd('\n');

    /// <summary>True if kubectl ended with 0, as it does not while the API server is away.</summary>
    public bool TryKubectl(params string[] arguments) => Machine.RunWith(Environment, "kubectl", arguments).Code == 0;

    public bool TryTombolo(params string[] arguments) => AskTombolo(arguments).Code == 0;

    /// <summary>For what may fail: its exit code, and what it printed.</summary>
    public (int Code, string Output) AskTombolo(params string[] arguments) =>
        Machine.RunWith(Environment, Place.Checkout.Tombolo, arguments);

    public void Apply(string yaml)
    {
        var file = Path.Combine(Place.State, "applied.yaml");
        File.WriteAllText(file, yaml);
        Kubectl("apply", "-f", file);
    }

    public string NodeOf(string space, string pod) =>
        Kubectl("get", "pod", "-n", space, pod, "-o", "jsonpath={.spec.nodeName}");

    public string Phase(string space, string pod) =>
        Kubectl("get", "pod", "-n", space, pod, "--ignore-not-found", "-o", "jsonpath={.status.phase}");

    /// <summary>The network namespace of a pod's sandbox.</summary>
    public string NetnsOf(string space, string pod)
    {
        var sandboxes = Nodes
            .Select(Place.NodePods)
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Select(SandboxRecord.Read)
            .Where(one => one?.PodNamespace == space && one.PodName == pod)
            .ToList();
        var alive = sandboxes.Find(one => one!.Holder.IsAlive);
        Assert.True(
            alive is not null,
            $"{space}/{pod} has no living sandbox ({sandboxes.Count} dead); nodes and pod: {Kubectl("get", "nodes")}\n"
                + TryText("get", "pod", "-n", space, pod, "-o", "yaml")
        );
        return alive!.Netns;
    }

    private string TryText(params string[] arguments) => Machine.RunWith(Environment, "kubectl", arguments).Output;

    public int LinksOf(string node) =>
        Machine.Run("nsenter", $"--net={Place.NodeNetns(node)}", "ip", "-br", "link").Split('\n').Length;

    /// <summary>All objects of a kind of ours, or of the core's: <c>networkinterfaces</c>, <c>pods</c>.</summary>
    public Task<IReadOnlyList<JsonObject>> ItemsAsync(string kind) =>
        (api ??= LabApi.Open(Place.Kubeconfig)).ListAsync(
            kind is "pods" or "nodes" ? $"/api/v1/{kind}" : $"{Ours}/{kind}",
            TestContext.Current.CancellationToken
        );

    /// <summary>Processes whose command line has the words; their pids.</summary>
    public IReadOnlyList<int> Pids(string words) =>
        [
            .. Machine
                .Processes()
                .Where(line => line.Contains(words, StringComparison.Ordinal))
                .Select(line => int.Parse(line.Split(' ')[0]["/proc/".Length..])),
        ];

    /// <summary><c>kill -9</c> of the one process with these words, and wait until another has its place.</summary>
    public async Task KillAsync(string words)
    {
        var pid = Assert.Single(Pids(words));
        Assert.Equal(0, Machine.RunWith([], "kill", "-9", $"{pid}").Code);
        await Wait.UntilAsync(() => Pids(words) is [var next] && next != pid, $"'{words}' runs again", Minutes);
    }

    /// <summary>By which kubectl and tombolo find this lab.</summary>
    public Dictionary<string, string> Environment =>
        new() { ["KUBECONFIG"] = Place.Kubeconfig, ["TOMBOLO_ROOT"] = Root.Path };

    private string Run(string program, int code, string[] arguments)
    {
        var ran = Machine.RunWith(Environment, program, arguments);
        Assert.True(
            ran.Code == code,
            $"{program} {string.Join(' ', arguments)}: code {ran.Code}\n{ran.Output}{(ran.Code == 0 ? "" : Logs())}"
        );
        return ran.Output;
    }

    /// <summary>The last lines of every log.</summary>
    public string Logs() =>
        Directory.Exists(Place.Logs)
            ? string.Concat(
                Directory
                    .GetFiles(Place.Logs)
                    .Select(file => $"\n== {file}\n{string.Join('\n', File.ReadLines(file).TakeLast(20))}")
            )
            : "";

    public void Dispose()
    {
        api?.Dispose();
        Machine.RunWith(Environment, Place.Checkout.Tombolo, "lab", "down", "--name", Place.Name);
    }
}
