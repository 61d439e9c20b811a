using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A CRD's additionalPrinterColumns as columns.</summary>
internal static class CustomColumns
{
    public static IReadOnlyList<Column> Read(JsonObject version, string path, List<FieldError> errors)
    {
        var columns = new List<Column> { Column.NameColumn };
        var index = 0;
        foreach (var source in version.Items("additionalPrinterColumns"))
        {
            var at = $"{path}.additionalPrinterColumns[{index++}]";
            try
            {
                columns.Add(Read(source));
            }
            catch (FormatException error)
            {
                errors.Add(FieldError.Invalid($"{at}.jsonPath", $"\"{source.Text("jsonPath")}\"", error.Message));
            }
        }
        if (columns.Count == 1)
        {
            columns.Add(Column.Age);
        }
        return columns;
    }

    private static Column Read(JsonObject source)
    {
        var type = source.Text("type") ?? "string";
        var path = JsonPath.Parse(source.Text("jsonPath") ?? "");
        return new Column(
            source.Text("name") ?? "",
            type,
            source.Text("format") ?? "",
            source.Text("description") ?? "",
            (int)(source.Whole("priority") ?? 0),
            (item, now) => Cell(path, type, item, now)
        );
    }

    private static JsonNode? Cell(JsonPath path, string type, JsonElement item, DateTimeOffset now)
    {
        var found = path.Find(item).ToList();
        if (found.Count == 0)
        {
            return null;
        }
        if (type == "date")
        {
            return Ages.Since(found[0].ValueKind == JsonValueKind.String ? found[0].GetString() : null, now);
        }
        if (found.Count == 1)
        {
            // A column of text shows numbers as text, so that clients may rely on the type.
            return type == "string" && found[0].ValueKind == JsonValueKind.Number
                ? found[0].GetRawText()
                : Column.Shown(found[0]);
        }
        return string.Join(
            ' ',
            found.Select(e => e.ValueKind == JsonValueKind.String ? e.GetString() : e.GetRawText())
        );
    }
}
