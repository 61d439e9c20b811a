using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tombolo.Linux;
using Tombolo.Stream;

namespace Tombolo.Benchmarks.Cni;

/// <summary>A route server as one agent sees it: tells it of one network and its interfaces, then that every interface it
/// reports as bound is settled. What is left to measure is the node's own part.</summary>
internal sealed class StreamServer : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly WebApplication app;

    /// <param name="netns">Where it listens: on loopback, at a free port.</param>
    public StreamServer(string netns, string node, int interfaces)
    {
        socket = Netns.Run(netns, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Told(node, interfaces));
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenHandle(
                (ulong)socket.SafeHandle.DangerousGetHandle(),
                listen => listen.Protocols = HttpProtocols.Http2
            )
        );
        app = builder.Build();
        app.MapGrpcService<Endpoint>();
    }

    public string Address => $"{socket.LocalEndPoint}";

    public Task StartAsync() => app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
        socket.Dispose();
    }

    private sealed record Told(string Node, int Interfaces);

    private sealed class Endpoint(Told told) : NodeStream.NodeStreamBase
    {
        private const string Vrf = "bench/net";

        public override async Task Connect(
            IAsyncStreamReader<FromAgent> requestStream,
            IServerStreamWriter<FromServer> responseStream,
            ServerCallContext context
        )
        {
            var cancel = context.CancellationToken;
            await requestStream.MoveNext(cancel);
            await responseStream.WriteAsync(
                new FromServer
                {
                    Welcome = new Welcome
                    {
                        Server = "bench",
                        Minor = 1,
                        Incarnation = ByteString.CopyFrom(1),
                    },
                },
                cancel
            );
            await responseStream.WriteAsync(new FromServer { Delta = All() }, cancel);
            await responseStream.WriteAsync(new FromServer { EndOfSync = new EndOfSync { Version = 1 } }, cancel);
            while (await requestStream.MoveNext(cancel))
            {
                foreach (var one in requestStream.Current.Report?.Interfaces.AsEnumerable() ?? [])
                {
                    var settled = new StageOne { InterfaceUid = one.InterfaceUid, Settled = true };
                    await responseStream.WriteAsync(new FromServer { StageOne = settled }, cancel);
                }
            }
        }

        private Delta All()
        {
            var subnet = new Subnet { Prefix = Prefix(10, 50, 0, 0, 16), Gateway = Octets(10, 50, 0, 1) };
            var delta = new Delta { Version = 1, Snapshot = true };
            delta.Put.Add(
                Entry(
                    0,
                    new Entry
                    {
                        Vrf = new Vrf
                        {
                            Name = Vrf,
                            Index = 1,
                            Vni = 1,
                            Subnets = { subnet },
                        },
                    }
                )
            );
            for (var i = 1; i <= told.Interfaces; i++)
            {
                var (high, low) = ((byte)(1 + i / 200), (byte)(i % 200));
                var identity = ByteString.CopyFrom(new byte[16]);
                delta.Put.Add(
                    Entry(
                        (byte)i,
                        new Entry
                        {
                            Interface = new Interface
                            {
                                Uid = $"interface-{i}",
                                PodUid = $"pod-{i}",
                                Namespace = "bench",
                                Pod = $"p{i}",
                                Name = "eth0",
                                Vrf = Vrf,
                                Mac = Octets(2, 0, 0, 1, high, low),
                                Addresses = { Octets(10, 50, high, low) },
                                Identity = identity,
                            },
                        }
                    )
                );
                var path = new Tombolo.Stream.Path
                {
                    Cluster = 1,
                    Node = told.Node,
                    Own = true,
                    Up = true,
                    InterfaceUid = $"interface-{i}",
                    Identity = identity,
                    Interface = new Empty(),
                };
                delta.Put.Add(
                    Entry(
                        (byte)i,
                        new Entry
                        {
                            Route = new Tombolo.Stream.Route
                            {
                                Vrf = Vrf,
                                Prefix = Prefix(10, 50, high, low, 32),
                                Paths = { path },
                            },
                        }
                    )
                );
            }
            return delta;
        }

        private static Entry Entry(byte number, Entry entry)
        {
            var hash = new byte[16];
            (hash[0], hash[1]) = ((byte)entry.OfCase, number);
            entry.Hash = ByteString.CopyFrom(hash);
            return entry;
        }

        private static ByteString Octets(params byte[] octets) => ByteString.CopyFrom(octets);

        private static Prefix Prefix(byte a, byte b, byte c, byte d, uint length) =>
            new() { Address = Octets(a, b, c, d), Length = length };
    }
}
