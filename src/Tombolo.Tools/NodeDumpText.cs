using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Tools;

/// <summary>A node's dump for the screen: each list of it a table whose columns are its fields.</summary>
public static class NodeDumpText
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(JsonObject dump)
    {
        var text = new StringBuilder();
        text.AppendLine($"node {dump["node"]}");
        foreach (var (name, part) in dump)
        {
            if (part is JsonArray list)
            {
                Append(text, name, list);
            }
            else if (part is JsonObject inner)
            {
                foreach (var (innerName, innerPart) in inner)
                {
                    if (innerPart is JsonArray innerList)
                    {
                        Append(text, $"{name} {innerName}", innerList);
                    }
                }
            }
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, string name, JsonArray list)
    {
        text.AppendLine().AppendLine($"{name.ToUpperInvariant()} ({list.Count})");
        var rows = list.OfType<JsonObject>().ToList();
        var columns = rows.SelectMany(row => row.Select(field => field.Key)).Distinct(StringComparer.Ordinal).ToArray();
        if (columns.Length == 0)
        {
            return;
        }
        var table = new TextTable(columns);
        foreach (var row in rows)
        {
            table.Add([.. columns.Select(column => Word(row[column]))]);
        }
        text.Append(table);
    }

    private static string Word(JsonNode? value) =>
        value switch
        {
            null => "-",
            JsonArray list => string.Join(",", list.Select(Word)),
            _ => value.ToString(),
        };
}
