using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tombolo.Agent;
using Tombolo.Agent.Interfaces;
using Tombolo.Agent.Node;
using Tombolo.Agent.Streams;
using Tombolo.Agent.Telemetry;
using Tombolo.Linux;
using Tombolo.Stream;
using Tombolo.Values;
using Tombolo.Values.Cni;
using AgentKernel = Tombolo.Agent.Node.Kernel;

namespace Tombolo.Tests.Kernel;

/// <summary>A node's loop over a real kernel, in a namespace, with a route server that says what a test lets it say. Time
/// stands still.</summary>
internal sealed class AgentWorld : IAsyncDisposable
{
    private readonly CancellationTokenSource ends = new();
    private readonly TaskCompletionSource<NodeLoop> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task running;
    private readonly Dictionary<string, Entry> entries = [];
    private ServerStream? server;
    private ulong version;

    public AgentWorld(string home, string netns)
    {
        Netns = netns;
        Options = AgentNode.Make(home, netns, hostRoutes: 64);
        Interface("none", 254);
        entries["vrf"] = new Entry
        {
            Vrf = new Vrf
            {
                Name = "red/net",
                Index = 1,
                Subnets =
                {
                    new Subnet { Prefix = Prefix("10.10.0.0", 24), Gateway = Octets("10.10.0.1") },
                    new Subnet { Prefix = Prefix("fd10::", 64), Gateway = Octets("fe80::1") },
                },
            },
        };
        running = OneThread.RunAsync(netns, RunAsync);
    }

    public string Netns { get; }

    public AgentOptions Options { get; }

    public FakeTimeProvider Time { get; } = new();

    /// <summary>The pod's interface is known here, or no more.</summary>
    public void Interface(string pod, int number, bool there = true)
    {
        var uid = $"uid {pod}";
        entries.Remove(uid);
        entries.Remove("route " + uid);
        if (!there)
        {
            return;
        }
        entries[uid] = new Entry
        {
            Interface = new Interface
            {
                Uid = uid,
                PodUid = $"pod {pod}",
                Namespace = "red",
                Pod = pod,
                Name = "eth0",
                Vrf = "red/net",
                Mac = ByteString.CopyFrom(2, 0, 0, 0, 1, (byte)number),
                Addresses = { Octets($"10.10.0.{number}"), Octets($"fd10::{number}") },
            },
        };
        var route = new Stream.Route { Vrf = "red/net", Prefix = Prefix($"10.10.0.{number}", 32) };
        route.Paths.Add(
            new Stream.Path
            {
                Cluster = 1,
                Node = "node-1",
                InterfaceUid = uid,
                Interface = new Empty(),
                Own = true,
            }
        );
        entries["route " + uid] = new Entry { Route = route };
    }

    /// <summary>A stream opens, or the open one says what is so now.</summary>
    public async Task SyncAsync()
    {
        var loop = await ready.Task;
        if (server is null)
        {
            server = new ServerStream("there:1", loop.Hello, loop.Hear, NullLogger.Instance);
            loop.Add(server);
        }
        loop.Hear(server, new FromServer { Welcome = new Welcome { Server = "rs-1" } });
        loop.Hear(
            server,
            new FromServer
            {
                Delta = new Delta
                {
                    Version = ++version,
                    Snapshot = true,
                    Put = { entries.Values },
                },
            }
        );
        loop.Hear(server, new FromServer { EndOfSync = new EndOfSync { Version = version } });
        await PassAsync();
    }

    public async Task LoseAsync() => (await ready.Task).Hear(server!, null); // after a sync

    /// <summary>The server says that the nodes interested know of it.</summary>
    public async Task SettleAsync(string pod) =>
        (await ready.Task).Hear(
            server!, // after a sync
            new FromServer
            {
                StageOne = new StageOne { InterfaceUid = $"uid {pod}", Settled = true },
            }
        );

    public async Task<CniAnswer> AskAsync(CniRequest request)
    {
        var asking = (await ready.Task).AskAsync(request, TestContext.Current.CancellationToken);
        var first = await Task.WhenAny(asking, running)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await first; // a loop that broke says what broke it
        return await asking;
    }

    /// <summary>What was said and asked before has been taken in: an ADD without a namespace is refused after that.</summary>
    public Task PassAsync() =>
        AskAsync(new CniRequest("ADD", "1.1.0", "none", "/nonexistent", "eth0", "red", "none", "pod none"));

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ends.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using var metrics = new AgentMetrics();
            using var kernel = new AgentKernel(Options, NullLogger.Instance);
            var loop = new NodeLoop(
                Options,
                Time,
                kernel,
                new Labels(Options.State),
                new Attachments(Options.State, NullLogger.Instance),
                metrics,
                NullLogger.Instance
            );
            var looping = loop.RunAsync(ends.Token);
            ready.SetResult(loop);
            await looping;
        }
        catch (Exception broken) when (!ready.Task.IsCompleted)
        {
            ready.SetException(broken);
        }
    }

    private static Stream.Prefix Prefix(string address, uint length) =>
        new() { Address = Octets(address), Length = length };

    private static ByteString Octets(string address) => ByteString.CopyFrom(Address.Parse(address).ToArray());
}
