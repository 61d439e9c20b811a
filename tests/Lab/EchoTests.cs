using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Tombolo.Linux;
using Tombolo.Tests.Kernel;

namespace Tombolo.Tests.Lab;

/// <summary>The echo server, built here, in a namespace where its ports are free.</summary>
public sealed class EchoTests : KernelTest
{
    private static readonly Lazy<string> Program = new(() =>
    {
        var path = Path.Combine(AppContext.BaseDirectory, "lab-echo");
        using var build = Process.Start(Root.File("src/echo/build"), [path]);
        build.WaitForExit();
        Assert.Equal(0, build.ExitCode);
        return path;
    });

    private readonly string netns;
    private Process? echo;

    public EchoTests()
    {
        netns = NewNetns("echo");
        using var netlink = Netlink.Open(netns);
        netlink.Links.AddVeth(new VethEnd("eth0"), new VethEnd("peer"));
        netlink.Links.SetUp(netlink.Links.Named("peer").Index);
        var eth0 = netlink.Links.Named("eth0").Index;
        netlink.Addresses.Add(eth0, Values.Address.Parse("10.1.1.1"), 32);
        netlink.Addresses.Add(eth0, Values.Address.Parse("fd10::1"), 128);
    }

    private async Task StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["POD_NAME"] = "a";
        start.Environment["POD_NAMESPACE"] = "red";
        start.Environment["NODE_NAME"] = "node-1";
        foreach (var word in (string[])[$"--net={netns}", Program.Value, .. arguments])
        {
            start.ArgumentList.Add(word);
        }
        echo = Process.Start(start)!;
        var line = await echo.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("echo: ready", line);
    }

    private Socket Open(AddressFamily family, SocketType type) =>
        Netns.Run(
            netns,
            () => new Socket(family, type, ProtocolType.Unspecified) { ReceiveTimeout = 5000, SendTimeout = 5000 }
        );

    private static AddressFamily FamilyOf(string address) => IPAddress.Parse(address).AddressFamily;

    private static void AssertAnswer(string line, Socket asker)
    {
        var json = JsonNode.Parse(line)!;
        Assert.Equal(["pod", "namespace", "node", "addresses", "client"], json.AsObject().Select(field => field.Key));
        Assert.Equal(("a", "red", "node-1"), ((string?)json["pod"], (string?)json["namespace"], (string?)json["node"]));
        Assert.Equal(["10.1.1.1", "fd10::1"], json["addresses"]!.AsArray().Select(one => (string?)one));
        Assert.Equal(asker.LocalEndPoint!.ToString(), (string?)json["client"]);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("10.1.1.1")]
    [InlineData("fd10::1")]
    public async Task Answers_http_requests_one_after_another(string address)
    {
        await StartAsync();
        using var socket = Open(FamilyOf(address), SocketType.Stream);
        socket.Connect(IPAddress.Parse(address), 8080);
        for (var request = 0; request < 3; request++)
        {
            // In two parts: a request need not come whole.
            socket.Send("GET / HTTP/1.1\r\nHo"u8);
            socket.Send("st: x\r\n\r\n"u8);
            var answer = Receive(
                socket,
                text => text.EndsWith('\n') && text.Contains("\r\n\r\n{", StringComparison.Ordinal)
            );
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
            var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            Assert.Contains($"Content-Length: {body.Length}\r\n", answer);
            AssertAnswer(body, socket);
        }
    }

    [Fact]
    public async Task Closes_when_the_client_asks_it_to()
    {
        await StartAsync();
        using var socket = Open(AddressFamily.InterNetwork, SocketType.Stream);
        socket.Connect(IPAddress.Loopback, 8080);
        socket.Send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"u8);
        Assert.Contains("Connection: close\r\n", Receive(socket, _ => false));
    }

    [Fact]
    public async Task A_head_without_end_is_cut()
    {
        await StartAsync();
        using var socket = Open(AddressFamily.InterNetwork, SocketType.Stream);
        socket.Connect(IPAddress.Loopback, 8080);
        socket.Send(new byte[8192]);
        Assert.Equal("", Receive(socket, _ => false));
    }

    [Theory]
    [InlineData("127.0.0.1", "10.1.1.1")]
    [InlineData("::1", "fd10::1")]
    [InlineData("10.1.1.1", "127.0.0.1")]
    public async Task Answers_a_datagram_from_the_address_that_was_asked(string from, string address)
    {
        await StartAsync();
        using var socket = Open(FamilyOf(address), SocketType.Dgram);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        var asked = new IPEndPoint(IPAddress.Parse(address), 8080);
        socket.SendTo("x"u8, asked);
        var answer = new byte[4096];
        EndPoint by = new IPEndPoint(
            FamilyOf(address) == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any,
            0
        );
        var size = socket.ReceiveFrom(answer, ref by);
        Assert.Equal(asked, by);
        AssertAnswer(Encoding.UTF8.GetString(answer, 0, size), socket);
    }

    [Fact]
    public async Task Streams_a_line_each_50_ms()
    {
        await StartAsync();
        using var socket = Open(AddressFamily.InterNetworkV6, SocketType.Stream);
        socket.Connect(IPAddress.IPv6Loopback, 8081);
        var began = Stopwatch.GetTimestamp();
        var text = Receive(socket, soFar => soFar.Count(c => c == '\n') >= 10);
        // Late lines are the machine's load; early ones would be ours.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 450, double.MaxValue);
        Assert.All(text.TrimEnd('\n').Split('\n').Take(10), line => AssertAnswer(line, socket));
    }

    [Fact]
    public async Task Opens_the_ports_that_its_arguments_name_beside_its_own()
    {
        await StartAsync("--port", "80", "--udp", "81");
        foreach (var port in (int[])[80, 8080])
        {
            using var socket = Open(AddressFamily.InterNetwork, SocketType.Stream);
            socket.Connect(IPAddress.Loopback, port);
        }
        using var asker = Open(AddressFamily.InterNetwork, SocketType.Dgram);
        asker.Connect(IPAddress.Loopback, 81);
        asker.Send("x"u8);
        var answer = new byte[4096];
        AssertAnswer(Encoding.UTF8.GetString(answer, 0, asker.Receive(answer)), asker);
    }

    [Theory]
    [InlineData("echo: --sctp: not supported yet, this kernel has no SCTP", "--sctp", "82")]
    [InlineData("echo: --port wants a port, 1 to 65535, not '0'", "--port", "0")]
    [InlineData("echo: --udp wants a port, 1 to 65535, not ''", "--udp")]
    [InlineData("echo: tcp port 8080: Address already in use", "--port", "8080")]
    [InlineData("echo: unknown argument '-x'; known: --port N, --udp N", "-x")]
    public void Refuses_what_it_cannot(string message, params string[] arguments)
    {
        var start = new ProcessStartInfo("nsenter", [$"--net={netns}", Program.Value, .. arguments])
        {
            RedirectStandardError = true,
        };
        using var refused = Process.Start(start)!;
        Assert.Equal(message + "\n", refused.StandardError.ReadToEnd());
        refused.WaitForExit();
        Assert.Equal(1, refused.ExitCode);
    }

    // Until what came is enough, or the other side closes.
    private static string Receive(Socket socket, Func<string, bool> isEnough)
    {
        var text = new StringBuilder();
        var part = new byte[4096];
        int size;
        while (!isEnough(text.ToString()) && (size = socket.Receive(part)) > 0)
        {
            text.Append(Encoding.UTF8.GetString(part, 0, size));
        }
        return text.ToString();
    }

    public override void Dispose()
    {
        echo?.Kill();
        echo?.WaitForExit();
        echo?.Dispose();
        base.Dispose();
    }
}
