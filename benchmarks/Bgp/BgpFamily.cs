using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Rows B1 (CPU per route of a full table), B2 (memory per route) and B3 (many neighbours).</summary>
internal static class BgpFamily
{
    private static readonly (string Kind, double Cpu, double Memory, double Fan)[] Peers =
    [
        // Targets: goal 2 × BIRD's CPU (aim 1), 1.1 × its memory; 0.3 × its CPU at many neighbours.
        ("bird", 2.0, 1.1, 0.3),
        ("frr", 0.5, 0.22, 0.8),
        ("gobgp", 0.1, 0.08, 0.1),
    ];

    private static readonly Dictionary<string, string> shortfalls = [];

    /// <summary>A slice as it is kept.</summary>
    private sealed record KeptSlice(string Kind, int Neighbors, int Routes, int Round, Slice Slice);

    public static Task<List<Row>> RunAsync(bool quick) => Task.Run(() => Run(quick));

    private static List<Row> Run(bool quick)
    {
        var rows = new List<Row>();
        var raw = new List<KeptSlice>();
        var (table, rounds) = quick ? (200_000, 3) : (1_000_000, 15);
        // One neighbour sends, so nothing goes out but to it: none.
        var full = Measure(1, table, 5, rounds, 0, raw);
        Add(
            rows,
            full,
            "B1",
            $"CPU a route, {table / 1000} k in",
            "us",
            slice => slice.CpuSeconds * 1e6 / table,
            peer => peer.Cpu
        );
        Add(
            rows,
            full,
            "B2",
            "resident octets a route",
            "B",
            slice => (double)slice.Octets / table,
            peer => peer.Memory
        );
        var (neighbors, each, fanRounds) = quick ? (20, 1_000, 2) : (100, 20_000, 5);
        var delivered = (long)neighbors * (neighbors - 1) * each;
        var fan = Measure(neighbors, each, 5, fanRounds, delivered, raw);
        Add(rows, fan, "B3", $"CPU, {neighbors} neighbours x {each}", "s", slice => slice.CpuSeconds, peer => peer.Fan);
        Raw.Save("bgp", raw);
        return rows;
    }

    // Every round runs each implementation once and ours twice, in random order: pairs of one round share its weather.
    private static Dictionary<string, List<Slice>> Measure(
        int neighbors,
        int routes,
        int shared,
        int rounds,
        long delivered,
        List<KeptSlice> raw
    )
    {
        using var bed = new Testbed(neighbors);
        var kinds = SpeakerUnderTest
            .Kinds.Keys.Where(kind => SpeakerUnderTest.MissingReason(kind) is null)
            .Append("control")
            .ToArray();
        var slices = kinds.ToDictionary(kind => kind, _ => new List<Slice>());
        var random = new Random(11);
        for (var round = 0; round < rounds; round++)
        {
            random.Shuffle(kinds);
            foreach (var kind in kinds)
            {
                Slice slice;
                try
                {
                    slice = Slice.Run(kind == "control" ? "tombolo" : kind, bed, neighbors, routes, shared, delivered);
                }
                catch (InvalidOperationException failure)
                {
                    Console.Error.WriteLine(
                        $"  {neighbors} x {routes}, round {round + 1}/{rounds}: {kind, -8} {failure.Message}"
                    );
                    continue;
                }
                Console.Error.WriteLine(
                    $"  {neighbors} x {routes}, round {round + 1}/{rounds}: {kind, -8} {slice.CpuSeconds, 7:0.00} s CPU {slice.WallSeconds, 7:0.0} s "
                        + $"{slice.Octets >> 20, 6} MiB (of {slice.TotalOctets >> 20}) foreign {slice.Foreign:P0} delivered {slice.Delivered}"
                );
                raw.Add(new KeptSlice(kind, neighbors, routes, round, slice));
                if (slice.Delivered < delivered)
                {
                    shortfalls[kind] = $"it had delivered {slice.Delivered} of {delivered} routes when it fell idle";
                    // Idle is not done: what delivered less has done less work, and may not be compared.
                    Console.Error.WriteLine($"  {kind}: left out, {slice.Delivered} of {delivered} routes came");
                    continue;
                }
                slices[kind].Add(slice);
            }
        }
        return slices;
    }

    private static void Add(
        List<Row> rows,
        Dictionary<string, List<Slice>> slices,
        string id,
        string figure,
        string unit,
        Func<Slice, double> measure,
        Func<(string Kind, double Cpu, double Memory, double Fan), double> target
    )
    {
        var ours = slices["tombolo"];
        foreach (var peer in Peers)
        {
            if (!slices.TryGetValue(peer.Kind, out var theirs) || theirs.Count < 2)
            {
                rows.Add(
                    Row.Missing(
                        id,
                        figure,
                        peer.Kind,
                        SpeakerUnderTest.MissingReason(peer.Kind)
                            ?? shortfalls.GetValueOrDefault(peer.Kind, "it did not finish")
                    )
                );
                continue;
            }
            rows.Add(Pairs(peer.Kind, theirs, target(peer)));
        }
        rows.Add(Pairs("itself", slices["control"], 0));

        Row Pairs(string kind, List<Slice> theirs, double limit)
        {
            var pairs = ours.Zip(theirs, (one, two) => (measure(one), Math.Max(measure(two), 1e-9))).ToArray();
            var foreign = ours.Concat(theirs).Average(slice => slice.Foreign);
            return Row.Of(
                id,
                figure,
                kind,
                unit,
                pairs,
                limit,
                foreign > 0.05 ? $" contended ({foreign:P0} foreign)" : ""
            );
        }
    }
}
