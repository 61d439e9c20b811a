using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Conditions on labels, all of which must hold.</summary>
internal sealed class LabelSelector(IReadOnlyList<LabelRequirement> requirements)
{
    public static readonly LabelSelector Everything = new([]);

    public bool IsEmpty => requirements.Count == 0;

    public bool Matches(IReadOnlyDictionary<string, string> labels) => requirements.All(r => r.Matches(labels));

    /// <summary>Reads the text of a query: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k,l&gt;3</c>.</summary>
    /// <exception cref="FormatException">No such text.</exception>
    public static LabelSelector Parse(string text)
    {
        var requirements = new List<LabelRequirement>();
        foreach (var part in Split(text))
        {
            requirements.Add(Requirement(part));
        }
        return new LabelSelector(requirements);
    }

    /// <summary>Reads matchLabels and matchExpressions; null if an operator is none.</summary>
    public static LabelSelector? FromObject(JsonObject selector)
    {
        var requirements = new List<LabelRequirement>();
        foreach (var (key, value) in selector["matchLabels"] as JsonObject ?? [])
        {
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value.Text() ?? ""]));
        }
        foreach (var expression in selector.Items("matchExpressions"))
        {
            LabelOperator? operation = expression.Text("operator") switch
            {
                "In" => LabelOperator.In,
                "NotIn" => LabelOperator.NotIn,
                "Exists" => LabelOperator.Exists,
                "DoesNotExist" => LabelOperator.DoesNotExist,
                _ => null,
            };
            if (operation is not { } known)
            {
                return null;
            }
            var key = expression.Text("key") ?? "";
            requirements.Add(new LabelRequirement(key, known, [.. expression.Texts("values")]));
        }
        return new LabelSelector(requirements);
    }

    /// <summary>At commas outside parentheses.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var (start, depth) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            var character = i < text.Length ? text[i] : ',';
            depth += character switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (character == ',' && (depth == 0 || i == text.Length))
            {
                var part = text[start..i].Trim();
                start = i + 1;
                if (part.Length > 0)
                {
                    yield return part;
                }
            }
        }
    }

    private static LabelRequirement Requirement(string part)
    {
        if (part[0] == '!')
        {
            return Checked(part[1..].Trim(), LabelOperator.DoesNotExist, []);
        }
        if (part.EndsWith(')') && part.IndexOf('(') is var open and > 0)
        {
            var words = part[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var values = part[(open + 1)..^1].Split(',').Select(value => value.Trim()).ToArray();
            return words switch
            {
                [var key, "in"] => Checked(key, LabelOperator.In, values),
                [var key, "notin"] => Checked(key, LabelOperator.NotIn, values),
                _ => throw new FormatException($"unable to parse requirement: {part}"),
            };
        }
        foreach (var (sign, operation) in Signs)
        {
            if (part.IndexOf(sign, StringComparison.Ordinal) is var at and >= 0)
            {
                return Checked(part[..at].Trim(), operation, [part[(at + sign.Length)..].Trim()]);
            }
        }
        return Checked(part, LabelOperator.Exists, []);
    }

    private static readonly (string, LabelOperator)[] Signs =
    [
        ("!=", LabelOperator.NotIn),
        ("==", LabelOperator.In),
        ("=", LabelOperator.In),
        (">", LabelOperator.GreaterThan),
        ("<", LabelOperator.LessThan),
    ];

    private static LabelRequirement Checked(string key, LabelOperator operation, string[] values)
    {
        if (Names.KeyProblem(key) is { } problem)
        {
            throw new FormatException($"key: Invalid value: \"{key}\": {problem}");
        }
        if (operation is LabelOperator.GreaterThan or LabelOperator.LessThan)
        {
            return long.TryParse(values[0], out _)
                ? new LabelRequirement(key, operation, values)
                : throw new FormatException($"values[0]: Invalid value: \"{values[0]}\": must be an integer");
        }
        foreach (var value in values)
        {
            if (Names.ValueProblem(value) is { } wrong)
            {
                throw new FormatException($"values[0][{key}]: Invalid value: \"{value}\": {wrong}");
            }
        }
        return new LabelRequirement(key, operation, values);
    }
}
