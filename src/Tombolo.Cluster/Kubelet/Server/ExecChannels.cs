using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.Kubelet;

/// <summary>
/// Streams of one process over a WebSocket: the first octet of each message is its channel (Kubernetes remotecommand,
/// <c>v4.channel.k8s.io</c>; v5 adds the end of a stream).
/// </summary>
internal sealed class ExecChannels(WebSocket socket, ExecQuery query) : IDisposable
{
    public const string V4 = "v4.channel.k8s.io";
    public const string V5 = "v5.channel.k8s.io";

    private const byte Stdin = 0;
    private const byte Stdout = 1;
    private const byte Stderr = 2;
    private const byte Error = 3;
    private const byte Resize = 4;
    private const byte Close = 255;

    // A child that the process left behind may hold its pipes open: what it says later is nobody's.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim sending = new(1);

    public void Dispose() => sending.Dispose();

    /// <summary>Until the process has ended and all it said is sent, or the client is gone: then the process is killed.</summary>
    public async Task ServeAsync(ISandboxProcess process, CancellationToken cancel)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Tells the client that the streams are there, as Kubernetes does.
        await SendAsync(
            query.Stdout ? Stdout
                : query.Stderr ? Stderr
                : Error,
            ReadOnlyMemory<byte>.Empty,
            ends.Token
        );
        var input = ReceiveAsync(process, ends.Token);
        var output = Task.WhenAll(
            PumpAsync(process.Stdout, Stdout, query.Stdout, ends.Token),
            PumpAsync(process.Stderr, Stderr, query.Stderr, ends.Token)
        );
        try
        {
            if (await Task.WhenAny(process.ExitCode, input) == input)
            {
                return; // the client has gone
            }
            await Task.WhenAny(output, Task.Delay(Drain, ends.Token));
            await SendAsync(Error, StatusOf(await process.ExitCode), ends.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ends.Token);
            await Task.WhenAny(input, Task.Delay(Drain, ends.Token)); // the client's half of the closing
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone in mid-sentence.
        }
        finally
        {
            if (!process.ExitCode.IsCompleted)
            {
                process.Kill();
            }
            await ends.CancelAsync();
            await Task.WhenAll(input, output).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>It did not start: the reason goes where the exit code would.</summary>
    public async Task FailAsync(string message, CancellationToken cancel)
    {
        var status = new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = message,
            ["reason"] = "InternalError",
            ["code"] = 500,
        };
        await SendAsync(Error, JsonSerializer.SerializeToUtf8Bytes(status), cancel);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
    }

    private static byte[] StatusOf(int exitCode)
    {
        var status = new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = exitCode == 0 ? "Success" : "Failure",
        };
        if (exitCode != 0)
        {
            status["message"] = $"command terminated with non-zero exit code: exit code {exitCode}";
            status["reason"] = "NonZeroExitCode";
            status["details"] = new JsonObject
            {
                ["causes"] = new JsonArray(
                    new JsonObject { ["reason"] = "ExitCode", ["message"] = exitCode.ToString() }
                ),
            };
        }
        return JsonSerializer.SerializeToUtf8Bytes(status);
    }

    private async Task PumpAsync(Stream? from, byte channel, bool wanted, CancellationToken cancel)
    {
        if (from is null)
        {
            return;
        }
        var buffer = new byte[32 * 1024];
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, cancel)) > 0)
            {
                if (wanted)
                {
                    await SendAsync(channel, buffer.AsMemory(0, count), cancel);
                }
            }
        }
        catch (IOException)
        {
            // A terminal whose other side has closed ends with EIO.
        }
    }

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        var message = new byte[octets.Length + 1];
        message[0] = channel;
        octets.CopyTo(message.AsMemory(1));
        await sending.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancel);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>Ends when the client closes, or breaks off.</summary>
    private async Task ReceiveAsync(ISandboxProcess process, CancellationToken cancel)
    {
        var buffer = new byte[32 * 1024];
        byte? channel = null;
        var rest = new MemoryStream(); // of the small messages, that must be whole
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }
                var octets = buffer.AsMemory(0, received.Count);
                if (channel is null && octets.Length > 0)
                {
                    channel = octets.Span[0];
                    octets = octets[1..];
                }
                if (channel == Stdin)
                {
                    await WriteAsync(process, octets, cancel);
                }
                else if (rest.Length < buffer.Length)
                {
                    rest.Write(octets.Span);
                }
                if (received.EndOfMessage)
                {
                    await ControlAsync(process, channel, rest.ToArray());
                    rest.SetLength(0);
                    channel = null;
                }
            }
        }
        catch (WebSocketException)
        {
            // Broken off.
        }
    }

    private static async Task WriteAsync(ISandboxProcess process, ReadOnlyMemory<byte> octets, CancellationToken cancel)
    {
        try
        {
            if (process.Stdin is { } stdin && octets.Length > 0)
            {
                await stdin.WriteAsync(octets, cancel);
                await stdin.FlushAsync(cancel);
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // The process reads no more; it may still have something to say.
        }
    }

    private static async Task ControlAsync(ISandboxProcess process, byte? channel, byte[] octets)
    {
        switch (channel)
        {
            case Close when octets is [Stdin] && process.Stdin is { } stdin:
                await stdin.DisposeAsync();
                break;
            case Resize when SizeOf(octets) is var (width, height):
                process.Resize(width, height);
                break;
        }
    }

    private static (int Width, int Height)? SizeOf(byte[] octets)
    {
        try
        {
            return
                JsonNode.Parse(octets) is JsonObject size
                && size["Width"] is JsonValue width
                && size["Height"] is JsonValue height
                && width.TryGetValue<ushort>(out var w)
                && height.TryGetValue<ushort>(out var h)
                ? (w, h)
                : null;
        }
        catch (JsonException)
        {
            return null; // no size: nothing to do
        }
    }
}
