using Tombolo.Agent.Datapath;
using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Datapath;

/// <summary>Rows D1 to D3 (between nodes), D5 (within one) and D8 (between nodes whose devices segment nothing).</summary>
internal static class DatapathFamily
{
    private static readonly (string Arm, string Name)[] Encapsulations = [("vxlan", "VXLAN"), ("mpls", "MPLS")];
    private static readonly (string, string) Plain = ("plain", "plain veth");
    private static readonly (string, string) Flannel = ("flannel", "bridge+vxlan");

    public static Task<List<Row>> RunAsync(bool quick, int pairs) => Task.Run(() => Run(quick, pairs));

    private static List<Row> Run(bool quick, int pairs)
    {
        Shell.Check("scripts/install-bench");
        Shell.Check("bpf/build");
        using var home = new Home();
        var load = new Load(home, quick);
        var rounds = new Rounds("datapath", pairs);
        var rows = new List<Row>();
        try
        {
            Across(home, load, rounds, rows, quick);
            Segmented(home, load, rounds, rows);
        }
        finally
        {
            rounds.Save();
        }
        return rows;
    }

    /// <summary>Prints where the time of each arm goes, instead of rows.</summary>
    public static void Profile()
    {
        Shell.Check("scripts/install-bench");
        Shell.Check("bpf/build");
        using var home = new Home();
        var load = new Load(home, quick: false);
        using var vxlan = new OurNodes(home, "v", Encap.Vxlan);
        var (flannel, bridge) = Peers.Flannel(home, new Underlay(home, "f"), "f");
        var across = Arms(load, vxlan.Across, vxlan.Across, Peers.Plain(home, new Underlay(home, "p"), "p"), flannel);
        across.Remove("mpls");
        across.Remove("control");
        var near = new Dictionary<string, Arm>
        {
            ["ours"] = load.Serve(vxlan.Within),
            ["bridge"] = load.Serve(bridge),
            ["direct"] = load.Serve(Peers.Direct(home, "d")),
        };
        foreach (var (name, arms) in new[] { ("", across), ("near ", near) })
        {
            Datapath.Profile.Run($"{name}stream 1x", Each(arms, arm => load.Stream(arm, 1)));
            Datapath.Profile.Run($"{name}rr", Each(arms, arm => load.RoundTrips(arm, "rr")));
        }
        Cost(load, ("VXLAN", vxlan));
    }

    private static void Across(Home home, Load load, Rounds rounds, List<Row> rows, bool quick)
    {
        using var vxlan = new OurNodes(home, "v", Encap.Vxlan);
        using var mpls = new OurNodes(home, "m", Encap.MplsUdp);
        var (flannel, bridge) = Peers.Flannel(home, new Underlay(home, "f"), "f");
        var plain = Peers.Plain(home, new Underlay(home, "p"), "p");
        Console.Error.WriteLine($"  inner MTU {Underlay.InnerMtu} on every arm; underlay: {vxlan.Underlay.Offloads}");
        var arms = Arms(load, vxlan.Across, mpls.Across, plain, flannel);
        rounds.Run("stream 1x", Each(arms, arm => load.Stream(arm, 1)));
        rounds.Run("stream 4x", Each(arms, arm => load.Stream(arm, 4)));
        rounds.Run("rr", Each(arms, arm => load.RoundTrips(arm, "rr")));
        if (!quick)
        {
            rounds.Run("sockperf", Each(arms, load.PingPong));
        }
        foreach (var (arm, name) in Encapsulations)
        {
            var (better, cheaper) = arm == "vxlan" ? (1.10, 1 / 1.10) : (1.25, 1 / 1.25);
            Stream("D1", name, arm, Plain, 1, 0.97, 1.05);
            Stream("D2", name, arm, Flannel, 1, better, cheaper);
            Stream("D2", name, arm, Flannel, 4, better, cheaper);
            foreach (var tool in quick ? new[] { "rr" } : ["rr", "sockperf"])
            {
                Trips("D3", name, arm, Plain, tool, 1.0, 1.0);
                Trips("D3", name, arm, Flannel, tool, 0.70, 0);
            }
        }
        Stream("D0", "VXLAN again", "vxlan", ("control", "itself"), 1, 0, 0);
        Trips("D0", "VXLAN again", "vxlan", ("control", "itself"), "rr", 0, 0);
        Cost(load, ("VXLAN", vxlan), ("MPLS", mpls));
        Within(load, rounds, rows, vxlan.Within, bridge, Peers.Direct(home, "d"));
        Console.Error.WriteLine($"  drops: VXLAN {vxlan.Drops}; MPLS {mpls.Drops}");

        void Stream(
            string id,
            string name,
            string ours,
            (string, string) peer,
            int streams,
            double goodput,
            double cpu
        ) => AddStream(rounds, rows, id, name, ours, peer, $"stream {streams}x", goodput, cpu);
        void Trips(string id, string name, string ours, (string, string) peer, string tool, double p50, double p99) =>
            AddTrips(rounds, rows, id, name, ours, peer, tool, p50, p99);
    }

    private static void Within(Load load, Rounds rounds, List<Row> rows, Arm ours, Arm bridge, Arm direct)
    {
        var arms = new Dictionary<string, Arm>
        {
            ["ours"] = load.Serve(ours),
            ["bridge"] = load.Serve(bridge),
            ["direct"] = load.Serve(direct),
        };
        rounds.Run("near stream", Each(arms, arm => load.Stream(arm, 1)));
        rounds.Run("near rr", Each(arms, arm => load.RoundTrips(arm, "rr")));
        rounds.Run("near crr", Each(arms, arm => load.RoundTrips(arm, "crr")));
        foreach (
            var (peer, least, most) in new[]
            {
                (("bridge", "bridge"), 1.05, 0.87),
                (("direct", "veth pair"), 0.95, 1 / 0.95),
            }
        )
        {
            AddStream(rounds, rows, "D5", "same node", "ours", peer, "near stream", least, 1 / least);
            AddTrips(rounds, rows, "D5", "same node", "ours", peer, "near rr", most, 0);
            rows.Add(rounds.Row("D5", "same node, crr CPU", peer, "ours", "near crr", "us", Micro, 1 / least));
            rows.Add(
                rounds.Row(
                    "D5",
                    "same node, crr",
                    peer,
                    "ours",
                    "near crr",
                    "1/s",
                    one => one.Rate,
                    least,
                    higher: true
                )
            );
        }
    }

    private static void Segmented(Home home, Load load, Rounds rounds, List<Row> rows)
    {
        using var vxlan = new OurNodes(home, "sv", Encap.Vxlan);
        using var mpls = new OurNodes(home, "sm", Encap.MplsUdp);
        var (flannelUnderlay, plainUnderlay) = (new Underlay(home, "sf"), new Underlay(home, "sp"));
        foreach (var underlay in new[] { vxlan.Underlay, mpls.Underlay, flannelUnderlay, plainUnderlay })
        {
            underlay.Segment();
        }
        Console.Error.WriteLine($"  segmented underlay: {vxlan.Underlay.Offloads}");
        var arms = Arms(
            load,
            vxlan.Across,
            mpls.Across,
            Peers.Plain(home, plainUnderlay, "sp"),
            Peers.Flannel(home, flannelUnderlay, "sf").Across
        );
        arms.Remove("control");
        rounds.Run("cut stream", Each(arms, arm => load.Stream(arm, 1)));
        rounds.Run("cut rr", Each(arms, arm => load.RoundTrips(arm, "rr")));
        foreach (var (arm, name) in Encapsulations)
        {
            AddStream(rounds, rows, "D8", name, arm, Flannel, "cut stream", 1.05, 1 / 1.05);
            AddTrips(rounds, rows, "D8", name, arm, Flannel, "cut rr", 0.70, 0);
        }
        AddStream(rounds, rows, "D8", "aim: plain", "plain", Flannel, "cut stream", 0, 0);
        AddTrips(rounds, rows, "D8", "aim: plain", "plain", Flannel, "cut rr", 0, 0);
    }

    private static Dictionary<string, Arm> Arms(Load load, Arm vxlan, Arm mpls, Arm plain, Arm flannel) =>
        new()
        {
            ["vxlan"] = load.Serve(vxlan),
            ["mpls"] = load.Serve(mpls),
            ["plain"] = load.Serve(plain),
            ["flannel"] = load.Serve(flannel),
            ["control"] = load.Serve(vxlan),
        };

    private static Dictionary<string, Func<Sample>> Each(Dictionary<string, Arm> arms, Func<Arm, Sample> slice) =>
        arms.ToDictionary(arm => arm.Key, arm => (Func<Sample>)(() => slice(arm.Value)));

    private static void AddStream(
        Rounds rounds,
        List<Row> rows,
        string id,
        string name,
        string ours,
        (string, string) peer,
        string measure,
        double goodput,
        double cpu
    )
    {
        rows.Add(
            rounds.Row(
                id,
                $"{name}, {measure} CPU",
                peer,
                ours,
                measure,
                "ns/KiB",
                one => one.CpuPerWork * 1e9 * 1024,
                cpu
            )
        );
        rows.Add(
            rounds.Row(
                id,
                $"{name}, {measure}",
                peer,
                ours,
                measure,
                "Gbit/s",
                one => one.Rate * 8e-9,
                goodput,
                higher: true
            )
        );
    }

    private static void AddTrips(
        Rounds rounds,
        List<Row> rows,
        string id,
        string name,
        string ours,
        (string, string) peer,
        string measure,
        double p50,
        double p99
    )
    {
        rows.Add(rounds.Row(id, $"{name}, {measure} CPU", peer, ours, measure, "us", Micro, p50));
        rows.Add(rounds.Row(id, $"{name}, {measure} p50", peer, ours, measure, "us", one => one.P50 / 1000, p50));
        rows.Add(rounds.Row(id, $"{name}, {measure} p99", peer, ours, measure, "us", one => one.P99 / 1000, p99));
    }

    private static double Micro(Sample one) => one.CpuPerWork * 1e6;

    // The kernel's own clock around each program; it costs some 20 ns a run itself, so it is off while anything is timed.
    private static void Cost(Load load, params (string Name, OurNodes Nodes)[] arms)
    {
        using var counting = new ProgramClock();
        foreach (var (name, nodes) in arms)
        {
            foreach (
                var (what, run) in new (string, Action)[]
                {
                    ("rr", () => load.RoundTrips(nodes.Across, "rr")),
                    ("stream", () => load.Stream(nodes.Across, 1)),
                }
            )
            {
                Console.Error.WriteLine($"  {name}, {what}: {ProgramClock.Count(nodes.Programs, run)}");
            }
        }
    }
}
