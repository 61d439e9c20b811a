using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Lab.Reach;

/// <summary>One attempt to reach an echo server by a socket that was made in the asker's namespace.</summary>
internal static class Probe
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    // A datagram may be lost for a reason that is no answer to the question, such as a neighbour not yet resolved.
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(300);
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: echo\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>The socket for an address; call it inside the namespace.</summary>
    public static Socket Open(IPAddress address, string protocol) =>
        protocol == "tcp"
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Asks within a second.</summary>
    /// <returns>Whether anything answered, and who it says it is.</returns>
    public static async Task<(bool Reached, string? AnsweredBy)> AskAsync(
        Socket socket,
        IPEndPoint to,
        CancellationToken cancel
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Deadline);
        var connected = false;
        try
        {
            if (socket.ProtocolType == ProtocolType.Udp)
            {
                return Who(await DatagramAsync(socket, to, limit.Token));
            }
            await socket.ConnectAsync(to, limit.Token);
            connected = true;
            await socket.SendAsync(Request, limit.Token);
            var answer = new byte[8192];
            var filled = 0;
            int got;
            while (
                filled < answer.Length && (got = await socket.ReceiveAsync(answer.AsMemory(filled), limit.Token)) > 0
            )
            {
                filled += got;
            }
            var text = Encoding.UTF8.GetString(answer, 0, filled);
            return (true, Who(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 1)..]).AnsweredBy);
        }
        // Refused, unreachable, or silent for a second.
        catch (Exception none)
            when (none is SocketException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return (connected, null);
        }
    }

    private static async Task<string> DatagramAsync(Socket socket, IPEndPoint to, CancellationToken cancel)
    {
        await socket.ConnectAsync(to, cancel);
        var answer = new byte[8192];
        var receiving = socket.ReceiveAsync(answer, cancel).AsTask();
        while (!receiving.IsCompleted)
        {
            await socket.SendAsync("?"u8.ToArray(), cancel);
            await Task.WhenAny(receiving, Task.Delay(Again, cancel));
        }
        return Encoding.UTF8.GetString(answer, 0, await receiving);
    }

    private static (bool Reached, string? AnsweredBy) Who(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject json && (string?)json["pod"] is { Length: > 0 } pod
                ? (true, $"{(string?)json["namespace"]}/{pod}")
                : (true, null);
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or FormatException)
        {
            return (true, null);
        }
    }
}
