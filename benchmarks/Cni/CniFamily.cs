using System.Diagnostics;
using Tombolo.Benchmarks.Datapath;
using Tombolo.Benchmarks.Measuring;
using Tombolo.Linux;

namespace Tombolo.Benchmarks.Cni;

/// <summary>Rows K1 (ADD) and K2 (DEL): our plugin and agent against the reference plugins.</summary>
internal static class CniFamily
{
    private const int Pods = 16;
    private const int Known = 110; // interfaces that the agent was told of: a full node of Kubernetes' default
    private static readonly (string, string) Bridge = ("bridge", "bridge");
    private static readonly (string, string) Ptp = ("ptp", "ptp");
    private static readonly (string, string) Control = ("control", "itself");

    public static async Task<List<Row>> RunAsync(bool quick, int pairs)
    {
        Shell.Check("scripts/install-bench");
        Shell.Check("scripts/build");
        using var home = new Home();
        var netns = Enumerable.Range(1, Pods).Select(i => home.NewNetns($"pod{i}")).ToArray();
        var underlay = new Underlay(home, "ours");
        await using var server = new StreamServer(underlay.A, "node", Known);
        await server.StartAsync();
        var ours = Ours(home, underlay.A, server.Address);
        var arms = new Dictionary<string, PluginArm>
        {
            ["ours"] = ours,
            ["bridge"] = Reference(home, "bridge", """ "bridge": "cni0", "isGateway": true, "mtu": 1450, """),
            ["ptp"] = Reference(home, "ptp", """ "mtu": 1450, """),
            ["control"] = ours,
        };
        var rounds = new Rounds("cni", pairs);
        try
        {
            await Task.Run(() => Measure(rounds, arms, netns));
        }
        finally
        {
            rounds.Save();
        }
        return Rows(rounds);
    }

    private static void Measure(Rounds rounds, Dictionary<string, PluginArm> arms, string[] netns)
    {
        // ADD is timed by one slice, the DEL that undoes it by the next: so each leaves the host as it found it.
        rounds.Run(
            "add",
            arms.ToDictionary(arm => arm.Key, arm => (Func<Sample>)(() => OneByOne(arm.Value, netns, "ADD")))
        );
        rounds.Run(
            "del",
            arms.ToDictionary(arm => arm.Key, arm => (Func<Sample>)(() => OneByOne(arm.Value, netns, "DEL")))
        );
        rounds.Run(
            "add x 16",
            arms.ToDictionary(arm => arm.Key, arm => (Func<Sample>)(() => AtOnce(arm.Value, netns)))
        );
        foreach (var (name, arm) in arms.Where(arm => arm.Value.PodLinks().Count > 0))
        {
            Console.Error.WriteLine($"  {name} leaked {string.Join(", ", arm.PodLinks())}");
        }
    }

    private static List<Row> Rows(Rounds rounds)
    {
        var rows = new List<Row>();
        foreach (var (peer, target) in new[] { (Bridge, 0.40), (Ptp, 0.0), (Control, 0.0) })
        {
            rows.Add(rounds.Row("K1", "ADD p50", peer, "ours", "add", "ms", one => one.P50 / 1e6, target));
            rows.Add(
                rounds.Row("K1", "ADD worst of 16", peer, "ours", "add", "ms", one => one.P99 / 1e6, target * 1.25)
            );
            rows.Add(rounds.Row("K1", "ADD CPU", peer, "ours", "add", "ms", one => one.CpuPerWork * 1e3, target));
            rows.Add(
                rounds.Row(
                    "K1",
                    "ADD, 16 at once",
                    peer,
                    "ours",
                    "add x 16",
                    "1/s",
                    one => one.Rate,
                    target * 10,
                    higher: true
                )
            );
            rows.Add(rounds.Row("K2", "DEL p50", peer, "ours", "del", "ms", one => one.P50 / 1e6, target * 0.625));
            rows.Add(
                rounds.Row("K2", "DEL CPU", peer, "ours", "del", "ms", one => one.CpuPerWork * 1e3, target * 0.625)
            );
        }
        return rows;
    }

    private static Sample OneByOne(PluginArm arm, string[] netns, string timed)
    {
        var took = new List<double>();
        Sample? sample = null;
        foreach (var command in new[] { "ADD", "DEL" })
        {
            var (meter, children) = (new Meter(arm.Agents), Children.CpuSeconds());
            var times = netns.Select((path, index) => arm.Call(command, path, index + 1)).Order().ToList();
            if (command == timed)
            {
                sample = meter.Stop(
                    "",
                    "",
                    Pods,
                    Children.CpuSeconds() - children,
                    times.Sum() / 1e9,
                    Row.Median(times),
                    times[^1]
                );
            }
        }
        NothingLeft(arm);
        return sample!; // one of the two commands is the timed one
    }

    private static Sample AtOnce(PluginArm arm, string[] netns)
    {
        var (meter, children, start) = (new Meter(arm.Agents), Children.CpuSeconds(), Stopwatch.GetTimestamp());
        var calls = netns
            .Select(
                (path, index) =>
                    Task.Factory.StartNew(() => arm.Call("ADD", path, index + 1), TaskCreationOptions.LongRunning)
            )
            .ToArray();
        Task.WaitAll(calls);
        var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = calls.Select(call => call.Result).Order().ToList();
        var sample = meter.Stop("", "", Pods, Children.CpuSeconds() - children, wall, Row.Median(times), times[^1]);
        for (var i = 0; i < Pods; i++)
        {
            arm.Call("DEL", netns[i], i + 1);
        }
        NothingLeft(arm);
        return sample;
    }

    private static void NothingLeft(PluginArm arm)
    {
        if (arm.PodLinks() is { Count: > 0 } left)
        {
            throw new InvalidOperationException($"after every DEL there are still {string.Join(", ", left)}");
        }
    }

    private static PluginArm Reference(Home home, string type, string fields)
    {
        var host = home.NewNetns($"{type}-host");
        Netns.WriteSysctl(host, "net.ipv4.ip_forward", "1");
        var configuration = $$$"""
            {"cniVersion": "1.0.0", "name": "bench-{{{type}}}", "type": "{{{type}}}", {{{fields}}}
             "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.60.0.0/16"}]], "routes": [{"dst": "0.0.0.0/0"}],
                      "dataDir": "{{{home.Directory}}}/ipam-{{{type}}}"}}
            """;
        return new PluginArm(host, $"/usr/lib/cni/{type}", configuration);
    }

    private static PluginArm Ours(Home home, string host, string server)
    {
        var bpf = Path.Combine(home.Directory, "bpf");
        Mounts.BpfFs(bpf);
        var socket = Path.Combine(home.Directory, "agent.sock");
        var agent = home.Serve(
            host,
            $"0-{Environment.ProcessorCount - 1}",
            Path.GetFullPath(".build/bin/tombolo-agent/tombolo-agent"),
            "--node",
            "node",
            "--servers",
            server,
            "--underlay",
            "underlay",
            "--pins",
            Path.Combine(bpf, "node"),
            "--state",
            Path.Combine(home.Directory, "state"),
            "--socket",
            socket,
            "--object",
            Path.GetFullPath(".build/bpf/tombolo.bpf.o")
        );
        for (var patience = 200; !File.Exists(socket); patience--)
        {
            if (patience == 0 || agent.HasExited)
            {
                throw new InvalidOperationException("the agent does not start; run it by hand to see why");
            }
            Task.Delay(50).Wait();
        }
        return new PluginArm(
            host,
            Path.GetFullPath(".build/bin/tombolo-cni/tombolo-cni"),
            $$"""{"cniVersion": "1.0.0", "name": "bench", "type": "tombolo", "socket": "{{socket}}"}""",
            agent.Id
        );
    }
}
