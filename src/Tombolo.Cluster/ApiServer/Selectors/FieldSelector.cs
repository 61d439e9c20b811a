using System.Text;
using System.Text.Json;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Conditions on fields, all of which must hold: <c>metadata.name=a,status.phase!=Failed</c>.</summary>
internal sealed class FieldSelector(IReadOnlyList<(string Path, string Value, bool Equal)> requirements)
{
    public static readonly FieldSelector Everything = new([]);

    public bool Matches(StoredObject item) =>
        requirements.All(r => string.Equals(Field(item, r.Path), r.Value, StringComparison.Ordinal) == r.Equal);

    /// <exception cref="FormatException">No such text, or a field that the kind does not select by.</exception>
    public static FieldSelector Parse(string text, Resource resource)
    {
        var requirements = new List<(string, string, bool)>();
        foreach (var part in Split(text))
        {
            var at = part.IndexOf('=');
            if (at <= 0)
            {
                throw new FormatException($"invalid selector: '{part}'; can't understand '{part}'");
            }
            var equal = part[at - 1] != '!';
            var path = part[..(equal ? at : at - 1)].Trim();
            var value = part[(at + (at + 1 < part.Length && part[at + 1] == '=' ? 2 : 1))..];
            if (path is not ("metadata.name" or "metadata.namespace") && !resource.SelectableFields.Contains(path))
            {
                throw new FormatException($"field label not supported: {path}");
            }
            requirements.Add((resource.View is null ? path : StoredPath(path), Unescape(value), equal));
        }
        return new FieldSelector(requirements);
    }

    // The only view is that of events; its fields are found under their stored names.
    private static string StoredPath(string path) =>
        path.StartsWith("regarding.", StringComparison.Ordinal) ? "involvedObject" + path["regarding".Length..]
        : path == "reportingController" ? "reportingComponent"
        : path;

    private static string Field(StoredObject item, string path)
    {
        switch (path)
        {
            case "metadata.name":
                return item.Key.Name;
            case "metadata.namespace":
                return item.Key.Namespace;
            case "source":
                return item.Element.Text("source", "component") ?? "";
        }
        var found = item.Element.At(path.Split('.'));
        return found switch
        {
            null => path is "spec.unschedulable" or "spec.hostNetwork" ? "false" : "",
            { ValueKind: JsonValueKind.String } text => text.GetString() ?? "",
            { } other => other.GetRawText(),
        };
    }

    /// <summary>At commas that no backslash escapes.</summary>
    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\\')
            {
                i++;
            }
            else if (i >= text.Length || text[i] == ',')
            {
                if (i > start)
                {
                    yield return text[start..i];
                }
                start = i + 1;
            }
        }
        if (start < text.Length)
        {
            yield return text[start..];
        }
    }

    private static string Unescape(string value)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            plain.Append(value[i] == '\\' && i + 1 < value.Length ? value[++i] : value[i]);
        }
        return plain.ToString();
    }
}
