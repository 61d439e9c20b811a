using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tombolo.Cluster.ApiServer;

namespace Tombolo.Tests.Cluster.ApiServer;

/// <summary>Logs and exec go through to the kubelet of the pod's node.</summary>
public class KubeletProxyTests
{
    /// <summary>A kubelet that tells what it was asked, and echoes an exec.</summary>
    private static async Task<WebApplication> StartKubeletAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var kubelet = builder.Build();
        kubelet.UseWebSockets();
        kubelet.Run(async context =>
        {
            var asked = $"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization}";
            if (!context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = context.Request.Query.ContainsKey("fail") ? 400 : 200;
                await context.Response.WriteAsync(asked + "\n");
                return;
            }
            using var socket = await context.WebSockets.AcceptWebSocketAsync("v5.channel.k8s.io");
            await socket.SendAsync(Encoding.UTF8.GetBytes(asked), WebSocketMessageType.Binary, true, default);
            var buffer = new byte[200_000];
            while (await socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } got)
            {
                await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, default);
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
        await kubelet.StartAsync();
        return kubelet;
    }

    private static async Task<string> MakePodAsync(TestServer server, int port)
    {
        var node =
            $"{{\"metadata\":{{\"name\":\"n\"}},\"status\":{{\"addresses\":[{{\"type\":\"InternalIP\",\"address\":\"127.0.0.1\"}}],\"daemonEndpoints\":{{\"kubeletEndpoint\":{{\"Port\":{port}}}}}}}}}";
        (await server.PostAsync("/api/v1/nodes", node)).Expect(201);
        (await server.MergeAsync("/api/v1/nodes/n/status", node)).Expect(200);
        const string Pods = "/api/v1/namespaces/default/pods";
        (
            await server.PostAsync(
                Pods,
                """{"metadata":{"name":"p"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}"""
            )
        ).Expect(201);
        (
            await server.PostAsync(
                Pods,
                """{"metadata":{"name":"two"},"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"},{"name":"d","image":"i"}]}}"""
            )
        ).Expect(201);
        (
            await server.PostAsync(
                Pods,
                """{"metadata":{"name":"lost"},"spec":{"containers":[{"name":"c","image":"i"}]}}"""
            )
        ).Expect(201);
        return Pods;
    }

    [Fact]
    public async Task Requests_and_upgrades_go_through_octet_for_octet()
    {
        await using var kubelet = await StartKubeletAsync();
        await using var server = new TestServer { With = options => options with { KubeletToken = "kubelet-secret" } };
        await server.StartAsync();
        var pods = await MakePodAsync(server, new Uri(kubelet.Urls.First()).Port);

        var log = await server.GetAsync($"{pods}/p/log?follow=true&tailLines=5");
        Assert.Equal("/containerLogs/default/p/c?follow=true&tailLines=5 Bearer kubelet-secret\n", log.Body);
        Assert.Equal(400, (await server.GetAsync($"{pods}/p/log?fail=1")).Code);
        (await server.GetAsync($"{pods}/two/log")).ExpectError(400, "BadRequest");
        Assert.StartsWith("/containerLogs/default/two/d", (await server.GetAsync($"{pods}/two/log?container=d")).Body);
        (await server.GetAsync($"{pods}/two/log?container=x")).ExpectError(400, "BadRequest");
        (await server.GetAsync($"{pods}/lost/log")).ExpectError(400, "BadRequest");
        (await server.GetAsync($"{pods}/none/log")).ExpectError(404, "NotFound");

        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {server.Server.AdminToken}");
        using var trusted = X509Certificate2.CreateFromPem(server.Server.Ca.CertificatePem);
        socket.Options.RemoteCertificateValidationCallback = (_, given, _, _) =>
            given is X509Certificate2 certificate && server.Server.Ca.HasIssued(certificate, ClusterCa.ServerUse);
        var cancel = TestContext.Current.CancellationToken;
        var url = server.Url.Replace("https", "wss") + $"{pods}/p/exec?command=ls&command=-l&stdin=true";
        await socket.ConnectAsync(new Uri(url), cancel);
        Assert.Equal("v5.channel.k8s.io", socket.SubProtocol);
        var buffer = new byte[200_000];
        var got = await socket.ReceiveAsync(buffer, cancel);
        Assert.Equal(
            "/exec/default/p/c?command=ls&command=-l&stdin=true Bearer kubelet-secret",
            Encoding.UTF8.GetString(buffer, 0, got.Count)
        );
        var sent = new byte[100_000];
        new Random(1).NextBytes(sent);
        await socket.SendAsync(sent, WebSocketMessageType.Binary, true, cancel);
        var back = new MemoryStream();
        do
        {
            got = await socket.ReceiveAsync(buffer, cancel);
            back.Write(buffer, 0, got.Count);
        } while (back.Length < sent.Length);
        Assert.Equal(sent, back.ToArray());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
    }

    [Fact]
    public async Task A_kubelet_that_is_not_there_is_an_error_that_names_it()
    {
        await using var server = new TestServer();
        await server.StartAsync();
        var pods = await MakePodAsync(server, 1);
        var status = (await server.GetAsync($"{pods}/p/log")).ExpectError(500, "InternalError");
        Assert.Contains("http://127.0.0.1:1/containerLogs/default/p/c", status.Text("message"));
    }
}
