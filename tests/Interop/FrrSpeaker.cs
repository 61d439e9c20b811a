using System.Text;

namespace Tombolo.Tests.Interop;

internal sealed class FrrSpeaker(Netns net, string name) : ForeignSpeaker(net, name)
{
    private string Vty => Path.Combine(Net.Folder, Name);

    public override async Task StartAsync(bool restarting)
    {
        Directory.CreateDirectory(Vty);
        await Netns.RunAsync("chmod", "777", Vty);
        var zebraConfig = await Net.WriteAsync($"{Name}-zebra.conf", "hostname them\n");
        var config = await Net.WriteAsync($"{Name}.conf", Config());
        var socket = Path.Combine(Vty, "zserv.api");
        Net.Start(
            Namespace,
            $"{Name}-zebra.log",
            "/usr/lib/frr/zebra",
            "-f",
            zebraConfig,
            "-i",
            Path.Combine(Vty, "z.pid"),
            "-z",
            socket,
            "--vty_socket",
            Vty,
            "-P",
            "0"
        );
        await Wait.UntilAsync(() => File.Exists(socket), "zebra's socket");
        Process = Net.Start(
            Namespace,
            $"{Name}.log",
            "/usr/lib/frr/bgpd",
            "-f",
            config,
            "-i",
            Path.Combine(Vty, "b.pid"),
            "-z",
            socket,
            "--vty_socket",
            Vty,
            "-P",
            "0",
            "--log",
            "stdout"
        );
    }

    public override async Task<bool> HasAsync(string family, string route, params string[] words)
    {
        var text = await VtyAsync(
            family switch
            {
                "ipv4-unicast" => $"show bgp ipv4 unicast {route}",
                "ipv6-unicast" => $"show bgp ipv6 unicast {route}",
                "vpnv4" => $"show bgp ipv4 vpn rd {Split(route).Rd} {Split(route).Prefix}",
                "vpnv6" => $"show bgp ipv6 vpn rd {Split(route).Rd} {Split(route).Prefix}",
                _ => "show bgp l2vpn evpn route detail",
            }
        );
        return text.Contains(family == "evpn" ? "Route [5]" : "Paths:", StringComparison.OrdinalIgnoreCase)
            && All(Plain(text), words);
    }

    public override Task<string> TableAsync(string family) =>
        VtyAsync(
            family == "evpn"
                ? "show bgp l2vpn evpn"
                : $"show bgp {family.Replace("vpnv", "ipv").Replace("-unicast", "")} {(family.StartsWith("vpn", StringComparison.Ordinal) ? "vpn" : "unicast")}"
        );

    public override Task RefreshAsync() => VtyAsync($"clear bgp * soft in");

    public Task<string> DetailAsync(string prefix) => VtyAsync($"show bgp ipv4 unicast {prefix}");

    private Task<string> VtyAsync(string command) => AskAsync("vtysh", "--vty_socket", Vty, "-c", command);

    private static string Plain(string text) => text.Replace("RT:", "rt:", StringComparison.Ordinal);

    private static (string Rd, string Prefix) Split(string route)
    {
        var second = route.IndexOf(':', route.IndexOf(':', StringComparison.Ordinal) + 1);
        return (route[..second], route[(second + 1)..]);
    }

    // Out of the default VRF, since this kernel has no VRF devices.
    private string Export(string family, string network) =>
        $"""
             address-family {family} unicast
              network {network}
              label vpn export {Session.Label}
              rd vpn export {Session.Rd}
              rt vpn export {Session.Rd}
              nexthop vpn export {(family == "ipv4" ? Session.Theirs : Session.Theirs6)}
              export vpn
             exit-address-family
             address-family {family} vpn
            """;

    private string Config()
    {
        var text = new StringBuilder(
            $"""
            frr defaults traditional
            log stdout
            route-map out permit 10
             set community 65001:77 additive
             set large-community 65001:7:8 additive
            router bgp {Session.TheirAs}
             bgp router-id {Session.Theirs}
             no bgp ebgp-requires-policy
             no bgp default ipv4-unicast
             no bgp network import-check
             neighbor {Session.Ours} remote-as {Session.OurAs}
             neighbor {Session.Ours} timers connect 1

            """
        );
        if (Session.RestartSeconds > 0)
        {
            text.AppendLine(
                $" bgp graceful-restart\n bgp graceful-restart preserve-fw-state\n bgp graceful-restart restart-time {Session.RestartSeconds}"
            );
        }
        if (Session.LongLivedSeconds > 0)
        {
            text.AppendLine($" bgp long-lived-graceful-restart stale-time {Session.LongLivedSeconds}");
        }
        text.AppendLine(Session.Password is null ? "" : $" neighbor {Session.Ours} password {Session.Password}");
        text.AppendLine(Session.Gtsm ? $" neighbor {Session.Ours} ttl-security hops 1" : "");
        foreach (var family in Session.Families)
        {
            text.AppendLine(
                family switch
                {
                    "ipv4-unicast" =>
                        $" address-family ipv4 unicast\n  network {Session.V4}\n  neighbor {Session.Ours} route-map out out",
                    "ipv6-unicast" =>
                        $" address-family ipv6 unicast\n  network {Session.V6}\n  neighbor {Session.Ours} route-map v6out out",
                    "vpnv4" => Export("ipv4", Session.Vpn4),
                    "vpnv6" => Export("ipv6", Session.Vpn6),
                    _ => " address-family l2vpn evpn",
                }
            );
            text.AppendLine($"  neighbor {Session.Ours} activate");
            text.AppendLine(Session.WeAreClient ? $"  neighbor {Session.Ours} route-reflector-client" : "");
            text.AppendLine(Session.AddPath ? $"  neighbor {Session.Ours} addpath-tx-all-paths" : "");
            text.AppendLine(" exit-address-family");
        }
        text.AppendLine($"route-map v6out permit 10\n set ipv6 next-hop global {Session.Theirs6}");
        return text.ToString();
    }
}
