using System.Text;

namespace Tombolo.Lab.Reach;

/// <summary>A report for people: rows ask, columns are asked.</summary>
public static class ReachTable
{
    private const string Legend =
        "all: every address answered by its pod   none: nothing answered   own: only the asker's own network answered, at the same address";

    /// <summary>One cell a pair of networks.</summary>
    public static string ByNetwork(ReachReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var networks = report.Pods.ToDictionary(
            pod => pod.Id,
            pod => pod.Network.Length > 0 ? pod.Network : "(no network)"
        );
        return Draw(report, id => networks[id]);
    }

    /// <summary>One cell a pair of pods.</summary>
    public static string ByPod(ReachReport report) => Draw(report, id => id);

    public static string Describe(ReachResult row)
    {
        ArgumentNullException.ThrowIfNull(row);
        var answer = row.Reached ? $"answered by {row.AnsweredBy ?? "somebody who does not say"}" : "no answer";
        return $"{row.From} -> {row.To} at {row.Address} {row.Protocol}/{row.Port}: {answer}";
    }

    private static string Draw(ReachReport report, Func<string, string> group)
    {
        var names = report.Pods.Select(pod => group(pod.Id)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0)
        {
            return "no running pod of lab/echo\n";
        }
        var networks = report.Pods.ToDictionary(pod => pod.Id, pod => pod.Network);
        var cells = report.Results.ToLookup(row => (group(row.From), group(row.To)));
        var first = Math.Max("from \\ to".Length, names.Max(name => name.Length));
        // With many columns their names would not fit: numbers, told in front of the rows.
        var numbered = names.Count > 6 || names.Sum(name => name.Length + 2) > 90;
        string Column(int index) => numbered ? $"{index + 1}" : names[index];
        var widths = names.Select((_, index) => Math.Max(8, Column(index).Length)).ToList();
        var table = new StringBuilder();
        table.Append(numbered ? "    " : "").Append("from \\ to".PadRight(first));
        for (var index = 0; index < names.Count; index++)
        {
            table.Append("  ").Append(Column(index).PadRight(widths[index]));
        }
        for (var row = 0; row < names.Count; row++)
        {
            table.Append('\n').Append(numbered ? $"{row + 1, 3} " : "").Append(names[row].PadRight(first));
            for (var index = 0; index < names.Count; index++)
            {
                table
                    .Append("  ")
                    .Append(Cell([.. cells[(names[row], names[index])]], networks).PadRight(widths[index]));
            }
        }
        return table.Append("\n\n").Append(Legend).Append('\n').ToString();
    }

    private static string Cell(IReadOnlyList<ReachResult> rows, Dictionary<string, string> networks)
    {
        var right = rows.Count(row => row.AnsweredBy == row.To);
        var answered = rows.Count(row => row.Reached);
        var own = rows.Count(row =>
            row.AnsweredBy is { } by && by != row.To && networks.GetValueOrDefault(by) == networks[row.From]
        );
        return rows.Count == 0 ? "-"
            : right == rows.Count ? "all"
            : answered == 0 ? "none"
            : answered == own ? "own"
            : $"{right}/{rows.Count}";
    }
}
