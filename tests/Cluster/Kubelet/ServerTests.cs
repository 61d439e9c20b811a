using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using static Tombolo.Tests.Cluster.Kubelet.KubeletFixture;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>Logs and exec as a client of the API server gets them: through its proxy, from the kubelet.</summary>
public sealed class ServerTests(KubeletFixture fixture) : IClassFixture<KubeletFixture>
{
    private readonly TestCluster cluster = fixture.Cluster;

    [Fact]
    public async Task Logs_are_cut_as_asked()
    {
        await cluster.CreatePodAsync(
            "log",
            TestCluster.Shell(
                "for i in 1 2 3 4 5; do echo line $i; done; echo wrong >&2; sleep 1; echo late; exec sleep 1000"
            )
        );
        await cluster.PodAsync("log", IsReady, "is ready");
        await Soon.BeAsync(async () => (await LogAsync("log")).EndsWith("late\n"), "all is written");
        Assert.Equal("line 1\nline 2\nline 3\nline 4\nline 5\nwrong\nlate\n", await LogAsync("log"));
        Assert.Equal("wrong\nlate\n", await LogAsync("log", "?tailLines=2"));
        Assert.Equal("", await LogAsync("log", "?tailLines=0"));
        Assert.Equal("line 1\nl", await LogAsync("log", "?limitBytes=8"));
        Assert.Equal("", await LogAsync("log", $"?sinceTime={DateTime.UtcNow.AddMinutes(1):O}".Replace("+", "%2B")));

        var timed = (await LogAsync("log", "?timestamps=true&tailLines=2")).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        var times = timed.Select(line => DateTime.Parse(line.Split(' ')[0]).ToUniversalTime()).ToList();
        Assert.Equal(["wrong", "late"], timed.Select(line => line.Split(' ')[1]));
        Assert.InRange(times[1] - times[0], TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
        Assert.Equal("late\n", await LogAsync("log", $"?sinceTime={times[0].AddMilliseconds(300):O}"));
    }

    [Fact]
    public async Task Logs_are_followed_until_the_container_ends_and_kept_for_one_restart()
    {
        var file = Path.Combine(cluster.Folder, "go");
        await cluster.CreatePodAsync(
            "follow",
            TestCluster.Shell($"echo run; while [ ! -e {file} ]; do sleep 0.05; done; echo end; exit 1")
        );
        await cluster.PodAsync("follow", IsReady, "is ready");
        using var client = HttpClient();
        await using var stream = await client.GetStreamAsync(LogPath("follow", "?follow=true"), TestCluster.Cancel);
        using var reader = new StreamReader(stream);
        Assert.Equal("run", await reader.ReadLineAsync(TestCluster.Cancel));
        await File.WriteAllTextAsync(file, "", TestCluster.Cancel);
        Assert.Equal("end", await reader.ReadLineAsync(TestCluster.Cancel));
        Assert.Null(await reader.ReadLineAsync(TestCluster.Cancel));
        await cluster.PodAsync("follow", p => p.Status.ContainerStatuses[0].RestartCount == 1, "is restarted");
        Assert.Equal("run\nend\n", await LogAsync("follow", "?previous=true"));
    }

    [Theory]
    [InlineData("?tailLines=x", HttpStatusCode.BadRequest)]
    [InlineData("?previous=true", HttpStatusCode.BadRequest)]
    [InlineData("?container=none", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_answered_is_refused(string query, HttpStatusCode code)
    {
        var name = $"refused-{query.Length}";
        await cluster.CreatePodAsync(name, TestCluster.Shell("exec sleep 1000"));
        await cluster.PodAsync(name, IsReady, "is ready");
        using var client = HttpClient();
        using var answer = await client.GetAsync(LogPath(name, query), TestCluster.Cancel);
        Assert.Equal(code, answer.StatusCode);
        Assert.Equal(
            "Status",
            (await answer.Content.ReadAsStringAsync(TestCluster.Cancel)) is var text
                ? JsonNode.Parse(text)?["kind"]?.ToString()
                : null
        );
    }

    [Fact]
    public async Task Nobody_is_let_in_without_the_token_and_port_forward_is_not_there_yet()
    {
        var node = await Soon.FindAsync(
            () => cluster.Client.FindAsync<V1Node>(null, "node-1", TestCluster.Cancel),
            "node-1 is there"
        );
        await Soon.BeAsync(
            async () =>
                (node = await cluster.Client.FindAsync<V1Node>(null, "node-1", TestCluster.Cancel))
                    ?.Status
                    ?.DaemonEndpoints
                    is not null,
            "its kubelet's port is known"
        );
        var kubelet = $"http://127.0.0.1:{node!.Status.DaemonEndpoints.KubeletEndpoint.Port}";
        using var client = new HttpClient();
        using var refused = await client.GetAsync($"{kubelet}/containerLogs/default/x/main", TestCluster.Cancel);
        Assert.True(
            refused.StatusCode == HttpStatusCode.Unauthorized,
            await refused.Content.ReadAsStringAsync(TestCluster.Cancel)
        );
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestKubelet.Token);
        using var forward = await client.PostAsync($"{kubelet}/portForward/default/x", null, TestCluster.Cancel);
        Assert.Equal(HttpStatusCode.NotImplemented, forward.StatusCode);
    }

    [Theory]
    [InlineData("v4.channel.k8s.io")]
    [InlineData("v5.channel.k8s.io")]
    public async Task Exec_carries_streams_and_the_exit_code(string protocol)
    {
        var name = $"exec-{protocol[..2]}";
        await cluster.CreatePodAsync(name, TestCluster.Shell("exec sleep 1000"));
        await cluster.PodAsync(name, IsReady, "is ready");
        using var socket = await ExecAsync(
            name,
            protocol,
            "stdin=true",
            "/bin/sh",
            "-c",
            "read line; echo got $line of $POD_NAME; echo wrong >&2; exit 3"
        );
        await SendAsync(socket, 0, "hello\n");
        var channels = await ReadAllAsync(socket);
        Assert.Equal($"got hello of {name}\n", channels[1]);
        Assert.Equal("wrong\n", channels[2]);
        var status = JsonNode.Parse(channels[3])!;
        Assert.Equal("NonZeroExitCode", status["reason"]!.ToString());
        Assert.Equal("ExitCode", status["details"]!["causes"]![0]!["reason"]!.ToString());
        Assert.Equal("3", status["details"]!["causes"]![0]!["message"]!.ToString());
    }

    [Fact]
    public async Task Exec_of_version_five_ends_the_standard_input()
    {
        await cluster.CreatePodAsync("cat", TestCluster.Shell("exec sleep 1000"));
        await cluster.PodAsync("cat", IsReady, "is ready");
        using var socket = await ExecAsync("cat", "v5.channel.k8s.io", "stdin=true", "/bin/cat");
        var text = string.Concat(Enumerable.Repeat("0123456789abcdef", 8192)); // larger than any buffer on the way
        await SendAsync(socket, 0, text);
        await SendAsync(socket, 255, "\0");
        var channels = await ReadAllAsync(socket);
        Assert.Equal(text, channels[1]);
        Assert.Equal("Success", JsonNode.Parse(channels[3])!["status"]!.ToString());
    }

    [Fact]
    public async Task Exec_of_a_terminal_is_resized_and_killed_with_its_client()
    {
        await cluster.CreatePodAsync("tty", TestCluster.Shell("exec sleep 1000"));
        await cluster.PodAsync("tty", IsReady, "is ready");
        var socket = await ExecAsync(
            "tty",
            "v4.channel.k8s.io",
            "stdin=true&tty=true",
            "/bin/sh",
            "-c",
            "echo $TERM; exec sleep 1000"
        );
        await SendAsync(socket, 4, "no size");
        await SendAsync(socket, 4, """{"Width":132,"Height":43}""");
        await SendAsync(socket, 77, "no channel of ours");
        var process = await Soon.FindAsync(
            () => Task.FromResult(fixture.Kubelet.Sandbox.Started.LastOrDefault(p => p.Size == (132, 43))),
            "the terminal is resized"
        );
        socket.Abort();
        socket.Dispose();
        Assert.Equal(128 + 9, await process.ExitCode.WaitAsync(TimeSpan.FromSeconds(20), TestCluster.Cancel));
    }

    [Fact]
    public async Task Exec_of_a_program_that_is_not_there_says_so()
    {
        await cluster.CreatePodAsync("nothing", TestCluster.Shell("exec sleep 1000"));
        await cluster.PodAsync("nothing", IsReady, "is ready");
        using var socket = await ExecAsync("nothing", "v5.channel.k8s.io", "", "/no/such/program");
        var status = JsonNode.Parse((await ReadAllAsync(socket))[3])!;
        Assert.Equal("Failure", status["status"]!.ToString());
        Assert.Contains("/no/such/program", status["message"]!.ToString());
    }

    private static string LogPath(string pod, string query = "") => $"/api/v1/namespaces/default/pods/{pod}/log{query}";

    private async Task<string> LogAsync(string pod, string query = "")
    {
        using var client = HttpClient();
        return await client.GetStringAsync(LogPath(pod, query), TestCluster.Cancel);
    }

    private KubernetesClientConfiguration Configuration() =>
        KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig);

    private HttpClient HttpClient()
    {
        var configuration = Configuration();
#pragma warning disable CA5359, CA5400 // a server of this test on the loopback interface
        var client = new HttpClient(
            new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } }
        )
        {
            BaseAddress = new Uri(configuration.Host),
        };
#pragma warning restore CA5359, CA5400
        client.DefaultRequestHeaders.Authorization = new("Bearer", configuration.AccessToken);
        return client;
    }

    private async Task<WebSocket> ExecAsync(string pod, string protocol, string options, params string[] command)
    {
        var configuration = Configuration();
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.SetRequestHeader("Authorization", $"Bearer {configuration.AccessToken}");
#pragma warning disable CA5359 // a server of this test on the loopback interface
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        var words = string.Concat(command.Select(word => $"&command={Uri.EscapeDataString(word)}"));
        var host = configuration.Host.Replace("https://", "wss://").TrimEnd('/');
        await socket.ConnectAsync(
            new Uri(
                $"{host}/api/v1/namespaces/default/pods/{pod}/exec?container=main&stdout=true&stderr=true&{options}{words}"
            ),
            TestCluster.Cancel
        );
        Assert.Equal(protocol, socket.SubProtocol);
        return socket;
    }

    private static async Task SendAsync(WebSocket socket, byte channel, string text) =>
        await socket.SendAsync(
            new byte[] { channel }
                .Concat(Encoding.UTF8.GetBytes(text))
                .ToArray(),
            WebSocketMessageType.Binary,
            true,
            TestCluster.Cancel
        );

    /// <summary>All that came, by channel, until the server closed.</summary>
    private static async Task<Dictionary<byte, string>> ReadAllAsync(WebSocket socket)
    {
        var channels = new Dictionary<byte, string>();
        var buffer = new byte[64 * 1024];
        var message = new MemoryStream();
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, TestCluster.Cancel);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestCluster.Cancel);
                return channels;
            }
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
            {
                var octets = message.ToArray();
                channels[octets[0]] =
                    channels.GetValueOrDefault(octets[0], "") + Encoding.UTF8.GetString(octets, 1, octets.Length - 1);
                message.SetLength(0);
            }
        }
    }
}
