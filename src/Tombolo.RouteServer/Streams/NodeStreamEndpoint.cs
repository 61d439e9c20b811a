using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tombolo.RouteServer.Model;
using Tombolo.Values;
using Wire = Tombolo.Stream;

namespace Tombolo.RouteServer.Streams;

/// <summary>The gRPC end of the node stream: reads into the model's loop, writes what the session has to tell.</summary>
internal sealed partial class NodeStreamEndpoint(
    ModelLoop model,
    EntryCodec codec,
    ServerIdentity self,
    ILogger<NodeStreamEndpoint> log
) : Wire.NodeStream.NodeStreamBase
{
    public const uint Minor = 1;

    public override async Task Connect(
        IAsyncStreamReader<Wire.FromAgent> requestStream,
        IServerStreamWriter<Wire.FromServer> responseStream,
        ServerCallContext context
    )
    {
        var cancel = context.CancellationToken;
        if (!await requestStream.MoveNext(cancel) || requestStream.Current.Hello is not { } hello)
        {
            throw new RpcException(
                new Grpc.Core.Status(StatusCode.InvalidArgument, "the first message of a stream is Hello")
            );
        }
        if (hello.Node.Length == 0 || hello.Cluster is < 1 or > 64)
        {
            throw new RpcException(
                new Grpc.Core.Status(StatusCode.InvalidArgument, "Hello names no node, or no cluster from 1 to 64")
            );
        }
        var session = new NodeSession(new NodeName((int)hello.Cluster, hello.Node), hello, codec);
        LogConnected(log, session.Node, hello.Version);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel, session.Ended.Token);
        await responseStream.WriteAsync(
            new Wire.FromServer
            {
                Welcome = new Wire.Welcome
                {
                    Server = self.Name,
                    Incarnation = self.Incarnation,
                    Minor = Minor,
                },
            },
            cancel
        );
        model.Post(new ModelLoop.Connected(session));
        try
        {
            var reading = ReadAsync(session, requestStream, ends.Token);
            var writing = WriteAsync(session, responseStream, ends.Token);
            await Task.WhenAny(reading, writing);
            await ends.CancelAsync();
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            session.Close();
            model.Post(new ModelLoop.Disconnected(session));
            LogDisconnected(log, session.Node);
        }
    }

    private async Task ReadAsync(
        NodeSession session,
        IAsyncStreamReader<Wire.FromAgent> stream,
        CancellationToken cancel
    )
    {
        while (await stream.MoveNext(cancel))
        {
            var message = stream.Current;
            switch (message.BodyCase)
            {
                case Wire.FromAgent.BodyOneofCase.Answer:
                    session.Answered(message.Answer);
                    break;
                case Wire.FromAgent.BodyOneofCase.Report
                or Wire.FromAgent.BodyOneofCase.Ack
                or Wire.FromAgent.BodyOneofCase.Health:
                    model.Post(new ModelLoop.Said(session, message));
                    break;
                // A newer agent may say what we do not know yet.
            }
        }
    }

    private static async Task WriteAsync(
        NodeSession session,
        IServerStreamWriter<Wire.FromServer> stream,
        CancellationToken cancel
    )
    {
        await foreach (var message in session.MessagesAsync(cancel))
        {
            await stream.WriteAsync(message, cancel);
        }
    }

    [LoggerMessage(LogLevel.Information, "agent of {Node} connected, version {Version}")]
    private static partial void LogConnected(ILogger log, NodeName node, string version);

    [LoggerMessage(LogLevel.Warning, "agent of {Node} disconnected")]
    private static partial void LogDisconnected(ILogger log, NodeName node);
}
