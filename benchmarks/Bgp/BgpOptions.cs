namespace Tombolo.Benchmarks.Bgp;

/// <summary>What a run of the family measures. <c>--rows B1,B3</c> takes some rows, <c>--pairs N</c> that many rounds: a
/// machine is seldom quiet for as long as all of it takes.</summary>
/// <param name="Tables">Routes of the tables that B1 and B2 load, from one neighbour.</param>
/// <param name="FanTable">Routes of the table that B3's neighbours announce together.</param>
/// <param name="Fans">Numbers of neighbours of B3.</param>
/// <param name="Patience">How long one slice may take, start and end apart, before it is ended and left out.</param>
internal sealed record BgpOptions(
    bool Load,
    bool Fan,
    int Rounds,
    int[] Tables,
    int FanTable,
    int[] Fans,
    TimeSpan Patience
)
{
    public static BgpOptions Of(bool quick, string[] arguments)
    {
        string? After(string name) =>
            Array.IndexOf(arguments, name) is >= 0 and var at ? arguments.ElementAtOrDefault(at + 1) : null;
        var rows = After("--rows")?.Split(',') ?? ["B1", "B2", "B3"];
        var rounds =
            int.TryParse(After("--pairs"), out var asked) ? asked
            : quick ? 3
            : 15;
        return new BgpOptions(
            rows.Contains("B1") || rows.Contains("B2"),
            rows.Contains("B3"),
            rounds,
            quick ? [200_000] : [200_000, 1_000_000],
            quick ? 20_000 : 50_000,
            quick ? [10, 20] : [10, 50, 100],
            TimeSpan.FromSeconds(quick ? 60 : 180)
        );
    }
}
