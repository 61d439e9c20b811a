using Tombolo.Benchmarks.Measuring;

namespace Tombolo.Benchmarks.Bgp;

/// <summary>Rows B1 (CPU per route of a full table), B2 (memory per route) and B3 (many neighbours).</summary>
internal static class BgpFamily
{
    // Targets: goal 2 × BIRD's CPU (aim 1), 1.1 × its memory; 0.3 × its CPU at many neighbours.
    private static readonly (string Kind, double Cpu, double Memory, double Fan)[] Peers =
    [
        ("bird", 2.0, 1.1, 0.3),
        ("frr", 0.5, 0.22, 0.8),
        ("gobgp", 0.1, 0.08, 0.1),
    ];

    public static Task<List<Row>> RunAsync(bool quick) =>
        Task.Run(() => Run(BgpOptions.Of(quick, Environment.GetCommandLineArgs())));

    private static List<Row> Run(BgpOptions options)
    {
        var rows = new List<Row>();
        using var log = new SliceLog();
        Console.Error.WriteLine($"  slices: {log.Path}");
        foreach (var routes in options.Load ? options.Tables : [])
        {
            // One neighbour sends, so nothing goes out: what is measured is the way in.
            var load = new Load(1, routes, 5);
            var rounds = new LoadRounds(load, options, log);
            rounds.Run();
            rows.AddRange(
                rounds.Rows("B1", "CPU", "us/route", one => one.CpuSeconds * 1e6 / routes, Of(row => row.Cpu))
            );
            rows.AddRange(
                rounds.Rows("B2", "memory added", "B/route", one => (double)one.Octets / routes, Of(row => row.Memory))
            );
            rows.AddRange(
                rounds.Rows("B2", "memory before", "MiB", one => one.BaseOctets / (double)(1 << 20), Of(_ => 0))
            );
        }
        foreach (var neighbors in options.Fan ? options.Fans : [])
        {
            var rounds = new LoadRounds(new Load(neighbors, options.FanTable, 5), options, log);
            rounds.Run();
            rows.AddRange(rounds.Rows("B3", "CPU", "s", one => one.CpuSeconds, Of(row => row.Fan)));
        }
        return rows;
    }

    private static (string Kind, double Target)[] Of(
        Func<(string Kind, double Cpu, double Memory, double Fan), double> target
    ) => [.. Peers.Select(row => (row.Kind, target(row)))];
}
