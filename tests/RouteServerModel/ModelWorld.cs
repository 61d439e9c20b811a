using System.Collections.Concurrent;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tombolo.Kube;
using Tombolo.RouteServer.Model;
using Tombolo.RouteServer.Status;
using Tombolo.RouteServer.Streams;
using Tombolo.Tests.FabricModel;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.Tests.RouteServerModel;

/// <summary>A route server's model with agents that say what a test lets them say; no API server, time stands still.</summary>
internal sealed class ModelWorld : IAsyncDisposable
{
    private readonly CancellationTokenSource ends = new();
    private readonly ModelLoop model;
    private readonly KubeApi api;
    private readonly ModelMetrics metrics = new();
    private readonly List<Task> running = [];
    private readonly ConcurrentDictionary<NodeSession, ConcurrentQueue<Wire.FromServer>> told = [];
    private readonly ConcurrentDictionary<NodeSession, bool> silent = [];

    public ModelWorld()
    {
        // Status is written by a loop of its own, which does not run here: nothing is ever connected to.
        api = new KubeApi(new KubernetesClientConfiguration { Host = "http://127.0.0.1:1" }, Time);
        var writer = new StatusWriter(api, new EventRecorder(api, "test", NullLogger.Instance), NullLogger.Instance);
        model = new ModelLoop(Time, new Programmed(Time, writer), metrics, NullLogger.Instance);
        model.Post(
            new ModelLoop.Changed(fabric =>
            {
                fabric.Put(FabricModel.Cluster.Subnet("red/net", "10.10.0.0/24"));
                fabric.Put(FabricModel.Cluster.Network("red/net", 1, "net"));
            })
        );
        model.Post(new ModelLoop.ListsComplete());
        running.Add(model.RunAsync(ends.Token));
    }

    public FakeTimeProvider Time { get; } = new();

    public NodeSession Connect(string node, string underlay)
    {
        var session = new NodeSession(
            new NodeName(1, node),
            new Wire.Hello
            {
                Cluster = 1,
                Node = node,
                Underlay = { Google.Protobuf.ByteString.CopyFrom(Address.Parse(underlay).ToArray()) },
                Encapsulations = { Wire.Encapsulation.Vxlan },
                UnderlayMtu = 1500,
            },
            new EntryCodec()
        );
        told[session] = [];
        running.Add(ReadAsync(session));
        model.Post(new ModelLoop.Connected(session));
        return session;
    }

    public void Disconnect(NodeSession session) => model.Post(new ModelLoop.Disconnected(session));

    /// <summary>A pod of red/net on a node: its interface's uid.</summary>
    public string Pod(string name, string node, string address)
    {
        var made = FabricModel.Cluster.Interface($"red/{name}", "red/net", address);
        model.Post(
            new ModelLoop.Changed(fabric =>
            {
                fabric.Put(made);
                fabric.Bind($"red/{name}", node);
            })
        );
        return made.Metadata.Uid;
    }

    public void Report(NodeSession from, string uid, Wire.InterfaceState state, uint label) =>
        Say(
            from,
            new Wire.FromAgent
            {
                Report = new Wire.Report
                {
                    Interfaces =
                    {
                        new Wire.InterfaceReport
                        {
                            InterfaceUid = uid,
                            State = state,
                            Label = label,
                        },
                    },
                },
            }
        );

    /// <summary>An agent acknowledges what it is told, unless it is held.</summary>
    public void Hold(NodeSession session) => silent[session] = true;

    public void Release(NodeSession session)
    {
        silent.TryRemove(session, out _);
        Acknowledge(session, told[session].Max(message => message.Delta?.Version ?? 0));
    }

    /// <summary>A node is told of the interface's path.</summary>
    public Task ToldAsync(NodeSession session, string uid, bool up) =>
        Wait.UntilAsync(
            () =>
                told[session]
                    .SelectMany(message => message.Delta?.Put ?? [])
                    .SelectMany(entry => entry.Route?.Paths ?? [])
                    .Any(path => path.InterfaceUid == uid && path.Up == up),
            $"a path of {uid}, up: {up}"
        );

    /// <summary>StageOne messages of an interface that a node was sent by now.</summary>
    public List<Wire.StageOne> StageOnes(NodeSession session, string uid) =>
        [.. told[session].Select(message => message.StageOne).Where(stage => stage?.InterfaceUid == uid)];

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        api.Dispose();
        metrics.Dispose();
        ends.Dispose();
    }

    private void Say(NodeSession from, Wire.FromAgent what) => model.Post(new ModelLoop.Said(from, what));

    private void Acknowledge(NodeSession from, ulong version) =>
        Say(from, new Wire.FromAgent { Ack = new Wire.Ack { Version = version } });

    private async Task ReadAsync(NodeSession session)
    {
        await foreach (var message in session.MessagesAsync(ends.Token))
        {
            told[session].Enqueue(message);
            if (message.Delta is { Version: > 0 and var version } && !silent.ContainsKey(session))
            {
                Acknowledge(session, version);
            }
        }
    }
}
