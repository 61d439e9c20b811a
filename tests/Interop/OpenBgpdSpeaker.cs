namespace Tombolo.Tests.Interop;

internal sealed class OpenBgpdSpeaker(Netns net, string name) : ForeignSpeaker(net, name)
{
    private string Control => Path.Combine(Net.Folder, $"{Name}.obgp");

    public override async Task StartAsync(bool restarting)
    {
        var config = await Net.WriteAsync(
            $"{Name}.conf",
            $$"""
            AS {{Session.TheirAs}}
            router-id {{Session.Theirs}}
            fib-update no
            listen on {{Session.Theirs}}
            socket "{{Control}}"
            network {{Session.V4}} set { community 65001:77 large-community 65001:7:8 }
            network {{Session.V6}}
            neighbor {{Session.Ours}} {
              remote-as {{Session.OurAs}}
              local-address {{Session.Theirs}}
              local-address {{Session.Theirs6}}
              announce IPv4 unicast
              {{(Session.Families.Contains("ipv6-unicast") ? "announce IPv6 unicast" : "")}}
              {{(Session.Password is null ? "" : $"tcp md5sig password \"{Session.Password}\"")}}
              {{(Session.Gtsm ? "ttl-security yes" : "")}}
            }
            allow from any
            allow to any

            """
        );
        await Netns.RunAsync("chmod", "600", config);
        // Where its processes lock themselves in; the package leaves its making to systemd.
        Directory.CreateDirectory("/run/openbgpd");
        Process = Net.Start(Namespace, $"{Name}.log", "/usr/sbin/bgpd", "-d", "-f", config);
    }

    public override async Task<bool> HasAsync(string family, string route, params string[] words)
    {
        var text = await AskAsync("bgpctl", "-s", Control, "show", "rib", "detail", route);
        return text.Contains("BGP routing table entry", StringComparison.Ordinal) && All(text, words);
    }

    public override Task<string> TableAsync(string family) => AskAsync("bgpctl", "-s", Control, "show", "rib");

    public override Task RefreshAsync() => AskAsync("bgpctl", "-s", Control, "neighbor", Session.Ours, "refresh");
}
