using System.Net;
using System.Net.Sockets;
using Tombolo.Lab.Reach;

namespace Tombolo.Tests.Lab;

/// <summary>What one attempt says of servers on the loopback that answer, refuse, are silent or talk nonsense.</summary>
public sealed class ProbeTests
{
    private const string Line =
        """{"pod":"a","namespace":"red","node":"node-1","addresses":[],"client":"127.0.0.1:1"}""" + "\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<(bool Reached, string? AnsweredBy)> AskAsync(string protocol, EndPoint to)
    {
        using var socket = Probe.Open(IPAddress.Loopback, protocol);
        return await Probe.AskAsync(socket, (IPEndPoint)to, Cancel);
    }

    /// <summary>A TCP server that sends <paramref name="answer"/> to whoever comes and closes; null: accepts and is silent.</summary>
    private static async Task<(bool, string?)> AskTcpAsync(string? answer)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        var asked = AskAsync("tcp", server.LocalEndPoint!); // bound above
        using var client = await server.AcceptAsync(Cancel);
        if (answer is not null)
        {
            await client.ReceiveAsync(new byte[1024], Cancel);
            await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer), Cancel);
            client.Shutdown(SocketShutdown.Send);
        }
        return await asked;
    }

    private static async Task<(bool, string?)> AskUdpAsync(string? answer, int afterDatagrams = 1)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var asked = AskAsync("udp", server.LocalEndPoint!); // bound above
        for (var count = 1; answer is not null; count++)
        {
            var from = new IPEndPoint(IPAddress.Loopback, 0);
            var got = await server.ReceiveFromAsync(new byte[1024], from, Cancel);
            if (count == afterDatagrams)
            {
                await server.SendToAsync(System.Text.Encoding.ASCII.GetBytes(answer), got.RemoteEndPoint, Cancel);
                break;
            }
        }
        return await asked;
    }

    [Fact]
    public async Task Who_answers_is_named()
    {
        Assert.Equal((true, "red/a"), await AskTcpAsync("HTTP/1.1 200 OK\r\nX: y\r\n\r\n" + Line));
        Assert.Equal((true, "red/a"), await AskUdpAsync(Line));
    }

    [Fact]
    public async Task A_lost_datagram_is_sent_again() => Assert.Equal((true, "red/a"), await AskUdpAsync(Line, 2));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n{\"pod\":7}")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n[]")]
    public async Task Who_says_no_name_has_answered_all_the_same(string answer) =>
        Assert.Equal((true, null), await AskTcpAsync(answer));

    [Fact]
    public async Task Silence_is_an_answer_only_where_a_connection_stands()
    {
        Assert.Equal((true, null), await AskTcpAsync(null));
        Assert.Equal((false, null), await AskUdpAsync(null));
    }

    [Fact]
    public async Task Nobody_there_is_no_answer()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, and not listening: refused
        Assert.Equal((false, null), await AskAsync("tcp", taken.LocalEndPoint!));
        Assert.Equal((false, null), await AskAsync("udp", taken.LocalEndPoint!)); // port unreachable
    }
}
