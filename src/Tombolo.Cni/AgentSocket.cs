using System.Net.Sockets;
using System.Text.Json;
using Tombolo.Values.Cni;

namespace Tombolo.Cni;

/// <summary>The agent's Unix socket: one request and one answer.</summary>
internal static class AgentSocket
{
    // ADD waits in the agent for at most 10 s for an interface that it does not know yet; a little more than that.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    /// <exception cref="PluginException">It cannot be asked: 50 for STATUS, else 11.</exception>
    public static async Task<CniAnswer> AskAsync(string path, CniRequest request, TimeProvider time)
    {
        var code = request.Command == "STATUS" ? CniErrorCode.NotAvailable : CniErrorCode.TryAgainLater;
        using var deadline = new CancellationTokenSource(AnswerWithin, time);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(EndPoint(path), deadline.Token);
            await using var stream = new NetworkStream(socket);
            await JsonSerializer.SerializeAsync(stream, request, CniJson.Default.CniRequest, deadline.Token);
            socket.Shutdown(SocketShutdown.Send);
            return await JsonSerializer.DeserializeAsync(stream, CniJson.Default.CniAnswer, deadline.Token)
                ?? throw new PluginException(code, $"the agent at {path} gave an empty answer", null);
        }
        catch (Exception broken) when (broken is SocketException or IOException or JsonException)
        {
            throw new PluginException(code, $"the agent at {path} does not answer", broken.Message);
        }
        catch (OperationCanceledException)
        {
            throw new PluginException(
                code,
                $"the agent at {path} gave no answer within {AnswerWithin.TotalSeconds:0} s",
                null
            );
        }
    }

    private static UnixDomainSocketEndPoint EndPoint(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentException)
        {
            throw new PluginException(
                CniErrorCode.InvalidConfiguration,
                $"the network configuration's 'socket' is no path of a Unix socket: {path}",
                "such a path is at most 107 octets"
            );
        }
    }
}
