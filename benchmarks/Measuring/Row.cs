using System.Text.Json;

namespace Tombolo.Benchmarks.Measuring;

/// <summary>One figure against one peer: the median of ratios ours ÷ theirs over rounds, and its 95 % interval.</summary>
public sealed record Row(
    string Id,
    string Figure,
    string Against,
    double Ours,
    double Theirs,
    string Unit,
    double Ratio,
    double CiLow,
    double CiHigh,
    int Pairs,
    string Verdict
)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Makes a row of paired slices; MET if the interval's worse end is within the target;
    /// a target of 0 is none.</summary>
    public static Row Of(
        string id,
        string figure,
        string against,
        string unit,
        IReadOnlyList<(double Ours, double Theirs)> pairs,
        double target,
        string note = "",
        bool higher = false
    )
    {
        var ratios = pairs.Select(pair => pair.Ours / pair.Theirs).Order().ToArray();
        var random = new Random(1);
        var medians = Enumerable
            .Range(0, 2000)
            .Select(_ => Median(Enumerable.Range(0, ratios.Length).Select(_ => ratios[random.Next(ratios.Length)])))
            .Order()
            .ToArray();
        var (low, high) = (medians[50], medians[1949]);
        var verdict =
            target <= 0 ? (against == "itself" ? "CONTROL" : "no target")
            : (higher ? low >= target : high <= target) ? $"MET ({Wanted()})"
            : $"NOT MET ({Wanted()})";
        string Wanted() => $"{(higher ? ">=" : "<=")} {target:0.##}";
        return new Row(
            id,
            figure,
            against,
            Median(pairs.Select(pair => pair.Ours)),
            Median(pairs.Select(pair => pair.Theirs)),
            unit,
            Median(ratios),
            low,
            high,
            ratios.Length,
            verdict + note
        );
    }

    public static Row Missing(string id, string figure, string against, string why) =>
        new(id, figure, against, 0, 0, "", 0, 0, 0, 0, $"NOT MEASURABLE HERE: {why}");

    public static string Table(Machine machine, IEnumerable<Row> rows) =>
        $"{machine.Cpu}, {machine.Cpus} CPUs, kernel {machine.Kernel}, {machine.Commit}\n"
        + $"{"ROW", -4} {"FIGURE", -34} {"AGAINST", -14} {"OURS", 10} {"THEIRS", 10} {"UNIT", -9} {"RATIO", 6} {"95 %", -15} {"N", 3}  VERDICT\n"
        + string.Join(
            '\n',
            rows.Select(row =>
                $"{row.Id, -4} {row.Figure, -34} {row.Against, -14} {row.Ours, 10:0.###} {row.Theirs, 10:0.###} {row.Unit, -9} {row.Ratio, 6:0.00} {$"{row.CiLow:0.00} to {row.CiHigh:0.00}", -15} {row.Pairs, 3}  {row.Verdict}"
            )
        );

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
