using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Tombolo.Stream;

namespace Tombolo.Agent.Streams;

/// <summary>The connection to one route server: opened again and again, its messages handed to the node's loop.</summary>
internal sealed partial class ServerStream(
    string address,
    Func<Hello> hello,
    Action<ServerStream, FromServer?> heard,
    ILogger log
)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(5);

    private volatile Channel<FromAgent>? outgoing;

    public ServerView View { get; } = new(address);

    /// <summary>Sends on the open stream; without one the message is dropped, since the next stream begins with a full account.</summary>
    public void Send(FromAgent message) => outgoing?.Writer.TryWrite(message);

    public async Task RunAsync(CancellationToken cancel)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync(() => pause = TimeSpan.FromMilliseconds(50), cancel);
            }
            catch (Exception broken)
                when (broken is RpcException or HttpRequestException or IOException or InvalidOperationException)
            {
                if (cancel.IsCancellationRequested)
                {
                    return;
                }
                LogLost(log, address, broken is RpcException rpc ? rpc.Status.Detail : broken.Message);
            }
            heard(this, null);
            // Half fixed, half random: a thousand agents that lost one server do not come back together.
            await Task.Delay(pause / 2 + pause / 2 * Random.Shared.NextDouble(), cancel)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task ConnectAsync(Action opened, CancellationToken cancel)
    {
        using var channel = GrpcChannel.ForAddress(
            $"http://{address}",
            new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler
                {
                    // A server that vanished without a word is noticed within two pings.
                    KeepAlivePingDelay = Ping,
                    KeepAlivePingTimeout = Ping,
                    KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
                    ConnectTimeout = Ping,
                    UseProxy = false,
                },
                MaxReceiveMessageSize = 64 << 20,
            }
        );
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var call = new NodeStream.NodeStreamClient(channel).Connect(cancellationToken: ends.Token);
        await call.RequestStream.WriteAsync(new FromAgent { Hello = hello() }, cancel);
        // Bounded by what the loop says: one report an interface, one acknowledgement a version.
        var queue = Channel.CreateUnbounded<FromAgent>();
        outgoing = queue;
        var writing = WriteAsync(queue, call.RequestStream, ends.Token);
        try
        {
            await foreach (var message in call.ResponseStream.ReadAllAsync(cancel))
            {
                if (message.Welcome is { } welcome)
                {
                    opened();
                    LogOpen(log, welcome.Server, address);
                }
                heard(this, message);
            }
        }
        finally
        {
            outgoing = null;
            await ends.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WriteAsync(
        Channel<FromAgent> queue,
        IClientStreamWriter<FromAgent> stream,
        CancellationToken cancel
    )
    {
        await foreach (var message in queue.Reader.ReadAllAsync(cancel))
        {
            await stream.WriteAsync(message, cancel);
        }
    }

    [LoggerMessage(LogLevel.Information, "stream to route server {Server} at {Address} is open")]
    private static partial void LogOpen(ILogger log, string server, string address);

    [LoggerMessage(
        LogLevel.Warning,
        "no stream to the route server at {Address}: {Why}; forwarding goes on with what the kernel holds"
    )]
    private static partial void LogLost(ILogger log, string address, string why);
}
