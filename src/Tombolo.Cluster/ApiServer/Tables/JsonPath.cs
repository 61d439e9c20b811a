using System.Globalization;
using System.Text.Json;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The JSONPath of printer columns: <c>.a.b</c>, <c>['a']</c>, <c>[0]</c>, <c>[*]</c>, <c>[?(@.type=="Ready")]</c>.</summary>
internal sealed class JsonPath
{
    private readonly List<Func<JsonElement, IEnumerable<JsonElement>>> steps = [];

    private JsonPath() { }

    /// <exception cref="FormatException">No such path.</exception>
    public static JsonPath Parse(string text)
    {
        var path = new JsonPath();
        var rest = text.Trim().TrimStart('{').TrimEnd('}').AsSpan();
        if (rest.StartsWith("$"))
        {
            rest = rest[1..];
        }
        if (rest.Length == 0 || rest[0] is not ('.' or '['))
        {
            throw new FormatException("must be a simple json path starting with .");
        }
        while (rest.Length > 0)
        {
            rest = rest[0] == '[' ? path.Bracket(rest) : path.Field(rest);
        }
        return path;
    }

    public IEnumerable<JsonElement> Find(JsonElement root) =>
        steps.Aggregate(Enumerable.Repeat(root, 1), (found, step) => found.SelectMany(step));

    private ReadOnlySpan<char> Field(ReadOnlySpan<char> rest)
    {
        if (rest[0] != '.')
        {
            throw new FormatException($"unexpected '{rest[0]}' in a path");
        }
        rest = rest[1..];
        var end = 0;
        var name = new System.Text.StringBuilder();
        while (end < rest.Length && rest[end] is not ('.' or '['))
        {
            if (rest[end] == '\\' && end + 1 < rest.Length)
            {
                end++;
            }
            name.Append(rest[end++]);
        }
        if (name.Length > 0)
        {
            var field = name.ToString();
            steps.Add(field == "*" ? All : item => Get(item, field));
        }
        return rest[end..];
    }

    private ReadOnlySpan<char> Bracket(ReadOnlySpan<char> rest)
    {
        var end = rest.StartsWith("[?(") ? rest.IndexOf(")]") + 1 : rest.IndexOf(']');
        if (end <= 0)
        {
            throw new FormatException("unterminated array");
        }
        var inner = rest[1..end].ToString().Trim();
        if (inner == "*")
        {
            steps.Add(All);
        }
        else if (inner.StartsWith("?(", StringComparison.Ordinal))
        {
            steps.Add(Filter(inner[2..^1]));
        }
        else if (inner.Length > 1 && inner[0] is '\'' or '"')
        {
            var name = inner[1..^1];
            steps.Add(item => Get(item, name));
        }
        else if (int.TryParse(inner, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            steps.Add(item => At(item, index));
        }
        else
        {
            throw new FormatException($"invalid array index {inner}");
        }
        return rest[(end + 1)..];
    }

    private static Func<JsonElement, IEnumerable<JsonElement>> Filter(string condition)
    {
        var sign = condition.Contains("!=", StringComparison.Ordinal) ? "!=" : "==";
        var at = condition.IndexOf(sign, StringComparison.Ordinal);
        var left = (at < 0 ? condition : condition[..at]).Trim();
        if (!left.StartsWith('@'))
        {
            throw new FormatException($"unsupported filter {condition}");
        }
        var path = left == "@" ? null : Parse(left[1..]);
        var value = at < 0 ? null : condition[(at + 2)..].Trim().Trim('\'', '"');
        return item => All(item).Where(entry => Holds(path is null ? [entry] : path.Find(entry), value, sign == "=="));
    }

    private static bool Holds(IEnumerable<JsonElement> found, string? value, bool equal)
    {
        var texts = found.Select(e => e.ValueKind == JsonValueKind.String ? e.GetString() : e.GetRawText()).ToList();
        return value is null ? texts.Count > 0 : texts.Contains(value) == equal;
    }

    private static IEnumerable<JsonElement> All(JsonElement item) =>
        item.ValueKind switch
        {
            JsonValueKind.Array => item.EnumerateArray(),
            JsonValueKind.Object => item.EnumerateObject().Select(field => field.Value),
            _ => [],
        };

    private static IEnumerable<JsonElement> Get(JsonElement item, string name) =>
        item.At(name) is { } found ? [found] : [];

    private static IEnumerable<JsonElement> At(JsonElement item, int index)
    {
        if (item.ValueKind != JsonValueKind.Array)
        {
            return [];
        }
        index = index < 0 ? item.GetArrayLength() + index : index;
        return index >= 0 && index < item.GetArrayLength() ? [item[index]] : [];
    }
}
