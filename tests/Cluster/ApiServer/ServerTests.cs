using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>How a server is started, and what it does by the clock.</summary>
public class ServerTests
{
    [Fact]
    public async Task Listens_on_a_socket_that_another_bound()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        await using var server = new TestServer
        {
            With = options =>
                options with
                {
                    Listen = [],
                    ListenHandles = [(ulong)socket.Handle],
                    Kubeconfigs = [options.Kubeconfigs[0] with { ServerUrl = $"https://127.0.0.1:{port}" }],
                },
        };
        await server.StartAsync();
        Assert.Equal($"https://127.0.0.1:{port}", server.Url);
        (await server.GetAsync("/api/v1/namespaces/default")).Expect(200);
        Assert.Contains(
            $"server: https://127.0.0.1:{port}\n",
            await File.ReadAllTextAsync(server.KubeconfigPath, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_second_server_on_the_same_database_is_refused_and_the_first_goes_on()
    {
        await using var first = new TestServer();
        await first.StartAsync();
        var options = new ApiServerOptions
        {
            DataDirectory = Path.Combine(first.Folder, "data"),
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
        };
        await Assert.ThrowsAsync<StorageException>(() =>
            KubeApiServer.StartAsync(options, TestContext.Current.CancellationToken)
        );
        (await first.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"goes-on"}}""")).Expect(201);
    }

    [Fact]
    public async Task A_start_that_fails_leaves_nothing_held()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var folder = Directory.CreateTempSubdirectory("tombolo-apiserver-");
        try
        {
            var options = new ApiServerOptions
            {
                DataDirectory = folder.FullName,
                Listen = [(IPEndPoint)taken.LocalEndPoint!],
            };
            var cancel = TestContext.Current.CancellationToken;
            await Assert.ThrowsAsync<IOException>(() => KubeApiServer.StartAsync(options, cancel));
            var other = options with { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] };
            await (await KubeApiServer.StartAsync(other, cancel)).DisposeAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Events_are_gone_after_an_hour()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = new TestServer { With = options => options with { Time = time } };
        await server.StartAsync();
        const string Path = "/api/v1/namespaces/default/events";
        (
            await server.PostAsync(Path, """{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod"},"reason":"R"}""")
        ).Expect(201);
        time.Advance(TimeSpan.FromMinutes(59));
        await server.GetAsync($"{Path}/e");
        (await server.GetAsync($"{Path}/e")).Expect(200);
        time.Advance(TimeSpan.FromMinutes(3));
        await Wait.UntilAsync(async () => (await server.GetAsync($"{Path}/e")).Code == 404, "the event is gone");
    }
}
