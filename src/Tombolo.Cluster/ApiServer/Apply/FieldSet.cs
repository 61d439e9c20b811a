using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// A set of places in objects, as managedFields' FieldsV1 writes it: <c>f:name</c> a field, <c>k:{…}</c> an item of a
/// list of type map, <c>v:…</c> a value of a set, <c>.</c> the place itself beside places below it.
/// </summary>
internal sealed class FieldSet
{
    private static readonly FieldSet Empty = new();

    private readonly SortedDictionary<string, FieldSet> children = new(StringComparer.Ordinal);

    /// <summary>The place itself belongs to the set.</summary>
    public bool Member { get; set; }

    public bool IsEmpty => !Member && children.Count == 0;

    public IReadOnlyDictionary<string, FieldSet> Children => children;

    public FieldSet Child(string step)
    {
        if (!children.TryGetValue(step, out var child))
        {
            children[step] = child = new FieldSet();
        }
        return child;
    }

    public static FieldSet Read(JsonObject? fields)
    {
        var set = new FieldSet();
        foreach (var (step, inner) in fields ?? [])
        {
            if (step == ".")
            {
                set.Member = true;
                continue;
            }
            var child = Read(inner as JsonObject);
            child.Member |= child.children.Count == 0;
            set.children[step] = child;
        }
        return set;
    }

    public JsonObject Write()
    {
        var fields = new JsonObject();
        if (Member && children.Count > 0)
        {
            fields["."] = new JsonObject();
        }
        foreach (var (step, child) in children)
        {
            fields[step] = child.Write();
        }
        return fields;
    }

    public FieldSet Union(FieldSet other) => Combine(this, other, (a, b) => a || b);

    public FieldSet Without(FieldSet other) => Combine(this, other, (a, b) => a && !b);

    public FieldSet Common(FieldSet other) => Combine(this, other, (a, b) => a && b);

    /// <summary>The members as paths for messages: <c>.spec.containers[name="c"].image</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (Member)
        {
            yield return prefix;
        }
        foreach (var (step, child) in children)
        {
            foreach (var path in child.Paths(prefix + Shown(step)))
            {
                yield return path;
            }
        }
    }

    private static string Shown(string step) =>
        step[0] switch
        {
            'f' => $".{step[2..]}",
            'k' when JsonNode.Parse(step[2..]) is JsonObject key =>
                $"[{string.Join(',', key.Select(part => $"{part.Key}={part.Value?.ToJsonString()}"))}]",
            _ => $"[{step[2..]}]",
        };

    private static FieldSet Combine(FieldSet? a, FieldSet? b, Func<bool, bool, bool> member)
    {
        var result = new FieldSet { Member = member(a?.Member == true, b?.Member == true) };
        foreach (var step in (a ?? Empty).children.Keys.Union((b ?? Empty).children.Keys))
        {
            var child = Combine(a?.children.GetValueOrDefault(step), b?.children.GetValueOrDefault(step), member);
            if (!child.IsEmpty)
            {
                result.children[step] = child;
            }
        }
        return result;
    }
}
