using System.Text;

namespace Tombolo.Tools;

/// <summary>Columns as kubectl prints them: as wide as their widest word, three spaces apart.</summary>
public sealed class TextTable(params string[] head)
{
    private readonly List<string[]> rows = [head];

    public void Add(params string[] row) => rows.Add(row);

    public override string ToString()
    {
        var widths = head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = string.Join("   ", row.Select((word, column) => word.PadRight(widths[column])));
            text.AppendLine(line.TrimEnd());
        }
        return text.ToString();
    }
}
