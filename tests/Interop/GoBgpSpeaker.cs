using System.Text;

namespace Tombolo.Tests.Interop;

internal sealed class GoBgpSpeaker(Netns net, string name) : ForeignSpeaker(net, name)
{
    public override async Task StartAsync(bool restarting)
    {
        var config = await Net.WriteAsync($"{Name}.yaml", Config());
        Process = Net.Start(
            Namespace,
            $"{Name}.log",
            [
                "gobgpd",
                "-f",
                config,
                "-t",
                "yaml",
                "--api-hosts",
                "127.0.0.1:50051",
                "--pprof-disable",
                "-p",
                .. restarting ? new[] { "-r" } : [],
            ]
        );
        await Wait.UntilAsync(
            async () => (await AskAsync("gobgp", "neighbor")).Contains(Session.Ours, StringComparison.Ordinal),
            "gobgpd's answer"
        );
        foreach (var family in Session.Families)
        {
            if (family == "rtc")
            {
                // Memberships are made of VRFs.
                await AskAsync("gobgp", "vrf", "add", "red", "rd", "65000:7", "rt", "both", "65000:7");
                continue;
            }
            await AddAsync(
                family switch
                {
                    "ipv4-unicast" =>
                    [
                        "-a",
                        "ipv4",
                        Session.V4,
                        "community",
                        "65001:77",
                        "large-community",
                        "65001:7:8",
                    ],
                    "ipv6-unicast" => ["-a", "ipv6", Session.V6, "nexthop", Session.Theirs6],
                    "vpnv4" =>
                    [
                        "-a",
                        "vpnv4",
                        Session.Vpn4,
                        "label",
                        $"{Session.Label}",
                        "rd",
                        Session.Rd,
                        "rt",
                        Session.Rd,
                        "nexthop",
                        Session.Theirs,
                    ],
                    "vpnv6" =>
                    [
                        "-a",
                        "vpnv6",
                        Session.Vpn6,
                        "label",
                        $"{Session.Label}",
                        "rd",
                        Session.Rd,
                        "rt",
                        Session.Rd,
                        "nexthop",
                        Session.Theirs6,
                    ],
                    _ =>
                    [
                        "-a",
                        "evpn",
                        "prefix",
                        Session.EvpnPrefix,
                        "etag",
                        "0",
                        "label",
                        $"{Session.Label}",
                        "rd",
                        Session.Rd,
                        "rt",
                        Session.Rd,
                        "encap",
                        "vxlan",
                        "nexthop",
                        Session.Theirs,
                    ],
                }
            );
        }
    }

    public override async Task<bool> HasAsync(string family, string route, params string[] words)
    {
        var bare =
            family.StartsWith("vpn", StringComparison.Ordinal) || family == "evpn"
                ? route[
                    (
                        route.LastIndexOf(family == "vpnv6" ? "fd" : ":", StringComparison.Ordinal)
                        + (family == "vpnv6" ? 0 : 1)
                    )..
                ]
                : route;
        var table = await TableAsync(family);
        return table.Split('\n').Any(line => line.Contains(bare, StringComparison.Ordinal) && All(line, words));
    }

    public override async Task<string> TableAsync(string family) =>
        (await AskAsync("gobgp", "global", "rib", "-a", Family(family)))
            .Replace("[", "")
            .Replace("]", "")
            .Replace(", ", ",");

    public override Task RefreshAsync() => AskAsync("gobgp", "neighbor", Session.Ours, "softresetin");

    private async Task AddAsync(string[] route)
    {
        var said = await AskAsync(["gobgp", "global", "rib", "add", .. route]);
        Assert.True(said.Trim().Length == 0, $"gobgp global rib add {string.Join(' ', route)}: {said}");
    }

    private static string Family(string family) =>
        family switch
        {
            "ipv4-unicast" => "ipv4",
            "ipv6-unicast" => "ipv6",
            _ => family,
        };

    private string Config()
    {
        var text = new StringBuilder(
            $"""
            global:
              config: {"{"}as: {Session.TheirAs}, router-id: {Session.Theirs}, port: 179{"}"}
            neighbors:
            - config: {"{"}neighbor-address: {Session.Ours}, peer-as: {Session.OurAs}{(
                Session.Password is null ? "" : $", auth-password: {Session.Password}"
            )}{"}"}
              timers: {"{"}config: {"{"}connect-retry: 1, hold-time: 90{"}}"}
              transport: {"{"}config: {"{"}local-address: {Session.Theirs}{"}}"}

            """
        );
        text.Append(Session.Gtsm ? "  ttl-security: {config: {enabled: true, ttl-min: 255}}\n" : "");
        text.Append(
            Session.WeAreClient
                ? $"  route-reflector: {{config: {{route-reflector-client: true, route-reflector-cluster-id: {Session.Theirs}}}}}\n"
                : ""
        );
        text.Append(
            Session.RestartSeconds > 0
                ? $"  graceful-restart: {{config: {{enabled: true, restart-time: {Session.RestartSeconds}, notification-enabled: true{(Session.LongLivedSeconds > 0 ? ", long-lived-enabled: true" : "")}}}}}\n"
                : ""
        );
        text.Append("  afi-safis:\n");
        foreach (var family in Session.Families)
        {
            var name = family switch
            {
                "vpnv4" => "l3vpn-ipv4-unicast",
                "vpnv6" => "l3vpn-ipv6-unicast",
                "evpn" => "l2vpn-evpn",
                _ => family,
            };
            text.Append($"  - config: {{afi-safi-name: {name}}}\n");
            text.Append(Session.RestartSeconds > 0 ? "    mp-graceful-restart: {config: {enabled: true}}\n" : "");
            text.Append(
                Session.LongLivedSeconds > 0
                    ? $"    long-lived-graceful-restart: {{config: {{enabled: true, restart-time: {Session.LongLivedSeconds}}}}}\n"
                    : ""
            );
            text.Append(Session.AddPath ? "    add-paths: {config: {receive: true, send-max: 8}}\n" : "");
        }
        return text.ToString();
    }
}
