using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tombolo.Values.Cni;

namespace Tombolo.Agent.CniServer;

/// <summary>The Unix socket at which the CNI plugin asks: one request and one answer a connection.</summary>
internal sealed partial class CniListener(
    string path,
    Func<CniRequest, CancellationToken, Task<CniAnswer>> answer,
    ILogger log
)
{
    private const int Backlog = 512;
    private const int LargestRequest = 64 << 10;

    public async Task RunAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.Delete(path); // of an agent that was killed
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        // Who may ask may join any pod of the node to its network: root alone.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
        var open = new HashSet<Task>();
        while (!cancel.IsCancellationRequested)
        {
            var connection = await listener.AcceptAsync(cancel);
            open.RemoveWhere(task => task.IsCompleted);
            open.Add(ServeAsync(connection, cancel));
        }
        await Task.WhenAll(open);
    }

    private async Task ServeAsync(Socket connection, CancellationToken cancel)
    {
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            CniAnswer reply;
            try
            {
                var request = JsonSerializer.Deserialize(
                    (await ReadAsync(stream, cancel)).Span,
                    CniJson.Default.CniRequest
                );
                reply = request is null
                    ? new CniAnswer(null, new CniError("1.1.0", CniErrorCode.Decode, "empty request"))
                    : await answer(request, cancel);
            }
            catch (JsonException broken)
            {
                reply = new CniAnswer(
                    null,
                    new CniError("1.1.0", CniErrorCode.Decode, "unreadable request", broken.Message)
                );
            }
            await JsonSerializer.SerializeAsync(stream, reply, CniJson.Default.CniAnswer, cancel);
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException)
        {
            LogGone(log, broken.Message);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(NetworkStream stream, CancellationToken cancel)
    {
        var buffer = new byte[LargestRequest];
        var count = 0;
        int read;
        while (count < buffer.Length && (read = await stream.ReadAsync(buffer.AsMemory(count), cancel)) > 0)
        {
            count += read;
        }
        return buffer.AsMemory(0, count);
    }

    [LoggerMessage(LogLevel.Debug, "the CNI plugin went away: {Why}")]
    private static partial void LogGone(ILogger log, string why);
}
