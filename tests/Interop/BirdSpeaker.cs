using System.Text;
using System.Text.RegularExpressions;

namespace Tombolo.Tests.Interop;

internal sealed partial class BirdSpeaker(Netns net, string name) : ForeignSpeaker(net, name)
{
    private string Control => Path.Combine(Net.Folder, $"{Name}.ctl");

    public override async Task StartAsync(bool restarting)
    {
        var config = await Net.WriteAsync($"{Name}.conf", Config());
        Process = Net.Start(
            Namespace,
            $"{Name}.log",
            ["bird", "-c", config, "-s", Control, "-f", .. restarting ? new[] { "-R" } : []]
        );
    }

    public override async Task<bool> HasAsync(string family, string route, params string[] words)
    {
        var where = family switch
        {
            "vpnv4" or "vpnv6" => $"{route.Replace("65000:7:", "65000:7 ").Replace("65001:1:", "65001:1 ")}",
            _ => route,
        };
        var text = Plain(await AskAsync("birdc", "-s", Control, "show", "route", "for", where, "all", "protocol", "t"));
        return text.Contains("BGP.as_path", StringComparison.Ordinal) && All(text, words);
    }

    public override async Task<string> TableAsync(string family) =>
        Plain(await AskAsync("birdc", "-s", Control, "show", "route", "all", "table", Table(family)));

    public override Task RefreshAsync() => AskAsync("birdc", "-s", Control, "reload", "in", "t");

    private static string Table(string family) =>
        family switch
        {
            "ipv6-unicast" => "master6",
            "vpnv4" => "v4vpn",
            "vpnv6" => "v6vpn",
            _ => "master4",
        };

    // (65000,1) → 65000:1, (65000, 1, 2) → 65000:1:2, (rt, 65000, 1) → rt:65000:1
    private static string Plain(string text) =>
        Tuple().Replace(text, match => match.Groups[1].Value.Replace(" ", "").Replace(',', ':'));

    [GeneratedRegex(@"\(((?:rt|generic|\d+)(?:, ?[\dx.a-f]+)+)\)")]
    private static partial Regex Tuple();

    private string Config()
    {
        var text = new StringBuilder(
            $$"""
            router id {{Session.Theirs}};
            log stderr all;
            vpn4 table v4vpn;
            vpn6 table v6vpn;
            protocol device {}
            filter out4 { if source = RTS_STATIC then { bgp_community.add((65001,77)); bgp_large_community.add((65001,7,8)); } accept; }
            protocol static { ipv4; route {{Session.V4}} blackhole; }
            protocol static { ipv6; route {{Session.V6}} blackhole; }
            protocol static { vpn4 { table v4vpn; }; route {{Session.Rd}} {{Session.Vpn4}} via 10.9.{{Session.Link}}.9 mpls {{Session.Label}} { bgp_ext_community.add((rt, 65001, {{Session.Routes}})); }; }
            protocol static { vpn6 { table v6vpn; }; route {{Session.Rd}} {{Session.Vpn6}} via fd09:{{Session.Link}}::9 mpls {{Session.Label}} { bgp_ext_community.add((rt, 65001, {{Session.Routes}})); }; }
            protocol bgp t {
              local {{Session.Theirs}} as {{Session.TheirAs}};
              neighbor {{Session.Ours}} as {{(Session.FourOctetAs ? Session.OurAs : 23456)}};
              connect retry time 1; connect delay time 1; error wait time 1, 2;

            """
        );
        text.AppendLine(Session.Password is null ? "" : $"  password \"{Session.Password}\";");
        text.AppendLine(Session.Gtsm ? "  ttl security on;" : "");
        text.AppendLine(Session.FourOctetAs ? "" : "  enable as4 off;");
        text.AppendLine(Session.WeAreClient ? "  rr client;" : "");
        text.AppendLine(
            Session.RestartSeconds > 0 ? $"  graceful restart on; graceful restart time {Session.RestartSeconds};" : ""
        );
        text.AppendLine(
            Session.LongLivedSeconds > 0
                ? $"  long lived graceful restart on; long lived stale time {Session.LongLivedSeconds};"
                : ""
        );
        foreach (var family in Session.Families)
        {
            var (channel, more) = family switch
            {
                "ipv4-unicast" => ("ipv4", "export filter out4;"),
                "ipv6-unicast" => ("ipv6", $"export all; next hop address {Session.Theirs6};"),
                "vpnv4" => ("vpn4 mpls", "table v4vpn; export all; next hop keep;"),
                _ => ("vpn6 mpls", "table v6vpn; export all; next hop keep;"),
            };
            text.AppendLine($"  {channel} {{ import all; {more} {(Session.AddPath ? "add paths on;" : "")} }};");
        }
        return text.AppendLine("}").ToString();
    }
}
