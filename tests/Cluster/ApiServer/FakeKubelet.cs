using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>
/// A kubelet that answers logs with what it was asked, and an exec over v5.channel.k8s.io with its command, its input
/// and success.
/// </summary>
internal sealed class FakeKubelet(WebApplication web) : IAsyncDisposable
{
    public int Port => new Uri(web.Urls.First()).Port;

    public static async Task<FakeKubelet> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var web = builder.Build();
        web.UseWebSockets();
        web.Run(AnswerAsync);
        await web.StartAsync();
        return new FakeKubelet(web);
    }

    public ValueTask DisposeAsync() => web.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await context.Response.WriteAsync($"log of {context.Request.Path}{context.Request.QueryString}\n");
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync("v5.channel.k8s.io");
        var input = context.Request.Query.ContainsKey("stdin") ? await InputAsync(socket) : "";
        await SendAsync(socket, 1, $"{string.Join(' ', context.Request.Query["command"].ToArray())}:{input}\n");
        await SendAsync(socket, 3, """{"metadata":{},"status":"Success"}""");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    /// <summary>Channel 0 until channel 255 closes it.</summary>
    private static async Task<string> InputAsync(WebSocket socket)
    {
        var (text, buffer) = (new StringBuilder(), new byte[64 * 1024]);
        while (await socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } got)
        {
            if (buffer[0] == 255)
            {
                break;
            }
            text.Append(Encoding.UTF8.GetString(buffer, 1, got.Count - 1));
        }
        return text.ToString();
    }

    private static Task SendAsync(WebSocket socket, byte channel, string text) =>
        socket.SendAsync(
            new[] { channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(),
            WebSocketMessageType.Binary,
            true,
            default
        );
}
