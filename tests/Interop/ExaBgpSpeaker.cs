namespace Tombolo.Tests.Interop;

/// <summary>ExaBGP keeps no table: what it receives is written to a file, a line of JSON an event.</summary>
internal sealed class ExaBgpSpeaker(Netns net, string name) : ForeignSpeaker(net, name)
{
    private string Received => Path.Combine(Net.Folder, $"{Name}.json");

    public override async Task StartAsync(bool restarting)
    {
        var sink = await Net.WriteAsync($"{Name}-sink", $"#!/bin/sh\ncat >>'{Received}'\n");
        await Netns.RunAsync("chmod", "755", sink);
        await Netns.RunAsync("chmod", "777", Net.Folder);
        var config = await Net.WriteAsync(
            $"{Name}.conf",
            $$"""
            process sink { run {{sink}}; encoder json; }
            neighbor {{Session.Ours}} {
              router-id {{Session.Theirs}};
              local-address {{Session.Theirs}};
              local-as {{Session.TheirAs}};
              peer-as {{Session.OurAs}};
              {{(Session.RestartSeconds > 0 ? $"capability {{ graceful-restart {Session.RestartSeconds}; }}" : "")}}
              family { ipv4 unicast; ipv6 unicast; }
              api { processes [ sink ]; receive { parsed; update; } }
              static {
                route {{Session.V4}} next-hop {{Session.Theirs}} community [ 65001:77 ] large-community [ 65001:7:8 ];
                route {{Session.V6}} next-hop {{Session.Theirs6}};
              }
            }

            """
        );
        Process = Net.Start(
            Namespace,
            $"{Name}.log",
            "env",
            "exabgp.daemon.user=root",
            "exabgp.tcp.bind=",
            "exabgp.api.cli=false",
            "exabgp.log.level=INFO",
            "exabgp",
            config
        );
    }

    public override async Task<bool> HasAsync(string family, string route, params string[] words)
    {
        var text = (await TableAsync(family)).Replace(" ", "", StringComparison.Ordinal);
        var line = text.Split('\n').LastOrDefault(one => one.Contains(route, StringComparison.Ordinal)) ?? "";
        return line.Contains("announce", StringComparison.Ordinal)
            && words.All(word =>
                line.Contains("[" + word.Replace(':', ',') + "]", StringComparison.Ordinal)
                || line.Contains(word, StringComparison.Ordinal)
            );
    }

    public override async Task<string> TableAsync(string family) =>
        File.Exists(Received) ? await File.ReadAllTextAsync(Received) : "";
}
