using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tombolo.Tests.Interop;

/// <summary>Our speaker in a namespace, asked over its control socket.</summary>
internal sealed class OurSpeaker(Netns net, string name)
{
    private string config = "";
    private Process? process;

    private string SocketPath => Path.Combine(net.Folder, $"{name}.sock");

    public Process Process => process ?? throw new InvalidOperationException("not started");

    public async Task StartAsync(string namespaceName, params Session[] sessions)
    {
        Namespace = namespaceName;
        config = await net.WriteAsync($"{name}.yaml", Config(sessions));
        Restart();
    }

    public string Namespace { get; private set; } = "";

    public void Restart(bool restarting = false)
    {
        if (restarting && !File.ReadAllText(config).Contains("restarting", StringComparison.Ordinal))
        {
            File.AppendAllText(config, "restarting: true\ndeferralTime: 10s\n");
        }
        process = net.Start(
            Namespace,
            $"{name}.log",
            "dotnet",
            Path.Combine(AppContext.BaseDirectory, "tombolo.dll"),
            "bgp",
            "speak",
            "-f",
            config
        );
    }

    public Task KillAsync() => Netns.KillAsync(Process);

    public async Task<JsonElement> AskAsync(object question)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(question));
        socket.Shutdown(SocketShutdown.Send);
        var answer = await JsonSerializer.DeserializeAsync<JsonElement>(stream);
        Assert.True(answer.TryGetProperty("answer", out var value), answer.GetRawText());
        return value;
    }

    public async Task<bool> IsUpAsync()
    {
        try
        {
            var peers = await AskAsync(new { question = "peers" });
            return peers.GetArrayLength() > 0
                && peers.EnumerateArray().All(peer => peer.GetProperty("state").GetString() == "Established");
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A route that we hold, as JSON; null if there is none. Every word must be in it.</summary>
    public async Task<bool> HasAsync(string family, string route, params string[] words)
    {
        var routes = await AskAsync(new { question = "routes", family });
        return routes
            .EnumerateArray()
            .Any(row =>
                row.GetProperty("route").GetString()!.EndsWith(route, StringComparison.Ordinal)
                && words.All(word => row.GetRawText().Contains(word, StringComparison.Ordinal))
            );
    }

    public async Task<int> CountAsync(string family, string route)
    {
        var routes = await AskAsync(new { question = "routes", family });
        return routes
            .EnumerateArray()
            .Count(row => row.GetProperty("route").GetString()!.EndsWith(route, StringComparison.Ordinal));
    }

    public Task<JsonElement> WithdrawAsync(string family, string route) =>
        AskAsync(new { question = "withdraw", route = new { family, route } });

    private string Config(Session[] sessions)
    {
        var text = new StringBuilder(
            $"""
            as: {sessions[0].OurAs}
            routerId: 10.255.0.1
            socket: {SocketPath}
            neighbors:

            """
        );
        foreach (var one in sessions)
        {
            text.Append(
                $"""
                - name: n{one.Link}
                  address: {one.Theirs}
                  as: {one.TheirAs}
                  connectRetry: 1s
                  fourOctetAs: {(one.FourOctetAs ? "true" : "false")}
                {(one.Password is null ? "" : $"  password: {one.Password}\n")}{(
                    one.Gtsm ? "  ttlSecurityHops: 1\n" : ""
                )}{(one.RestartSeconds > 0 ? $"  gracefulRestart: {one.RestartSeconds}s\n" : "")}{(
                    one.TheyAreClient ? "  reflectorClient: true\n" : ""
                )}  families:

                """
            );
            foreach (var family in one.Families)
            {
                text.Append($"  - name: {family}\n");
                text.Append(family == "ipv6-unicast" ? $"    nextHop: {one.Ours6}\n" : "");
                text.Append(one.AddPath ? "    addPath: both\n" : "");
                text.Append(one.LongLivedSeconds > 0 ? $"    longLived: {one.LongLivedSeconds}s\n" : "");
            }
        }
        text.Append(
            $"""
            routes:
            - {"{"}route: 203.0.113.0/24, communities: ["65000:1", "65000:1:2", "rt:65000:9"], med: 7{"}"}
            - {"{"}family: ipv6-unicast, route: "2001:db8:ffff::/48", communities: ["65000:1"]{"}"}
            - {"{"}family: vpnv4, route: "65000:7:10.77.0.0/24", nextHop: {sessions[
                0
            ].Ours}, label: 7777, communities: ["rt:65000:7"]{"}"}
            - {"{"}family: vpnv6, route: "65000:7:fd77::/64", nextHop: "{sessions[
                0
            ].Ours6}", label: 7778, communities: ["rt:65000:7"]{"}"}
            - {"{"}family: evpn, route: "65000:7:[5]:[0]:10.78.0.0/24", nextHop: {sessions[
                0
            ].Ours}, label: 7779, communities: ["rt:65000:7", "encap:8", "mac:02:00:00:00:00:07"]{"}"}

            """
        );
        if (sessions.Any(one => one.Families.Contains("rtc")))
        {
            text.Append("- {family: rtc, route: \"65000:65001:1\", nextHop: " + sessions[0].Ours + "}\n");
        }
        return text.ToString();
    }
}
