using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>
/// Who set which fields: metadata.managedFields. It begins with an object's first apply, as of custom kinds in
/// Kubernetes; what was there before belongs to <c>before-first-apply</c>.
/// </summary>
internal sealed class ManagedFields
{
    private const string Before = "before-first-apply";

    private readonly List<Entry> entries;

    private ManagedFields(List<Entry> entries) => this.entries = entries;

    public bool IsEmpty => entries.Count == 0;

    public static ManagedFields Of(JsonObject item) =>
        new([.. item.Items("metadata", "managedFields").Select(Entry.Read)]);

    /// <summary>Notes what an update by other means than apply changed.</summary>
    public void Update(Resource resource, JsonObject item, JsonObject old, FieldManager manager)
    {
        var (now, was) = (Owned(item), Owned(old));
        var changed = FieldSteps.Changed(now, was, resource.Schema);
        var gone = FieldSteps.SetOf(was, resource.Schema).Without(FieldSteps.SetOf(now, resource.Schema));
        var before = Find(manager, "Update");
        if (changed.IsEmpty && gone.IsEmpty)
        {
            return;
        }
        foreach (var entry in entries)
        {
            entry.Fields = entry.Fields.Without(gone);
            if (entry != before)
            {
                entry.Fields = entry.Fields.Without(changed);
            }
        }
        if (!changed.IsEmpty)
        {
            Set(manager, "Update", (before?.Fields ?? new FieldSet()).Union(changed), resource);
        }
    }

    /// <summary>Applies a configuration: gives the merged object, and takes over what it sets.</summary>
    /// <exception cref="ApiError">409: fields that others own would change, and force is not set.</exception>
    public JsonObject Apply(Resource resource, JsonObject old, JsonObject applied, FieldManager manager, bool force)
    {
        if (IsEmpty && FieldSteps.SetOf(Owned(old), resource.Schema) is { IsEmpty: false } all)
        {
            Set(manager with { Name = Before }, "Update", all, resource);
        }
        var mine = Find(manager, "Apply");
        var known = Owned(applied);
        SchemaPruning.Prune(known, resource.Schema, "", []); // admission speaks of what is unknown
        var wanted = FieldSteps.SetOf(known, resource.Schema);
        var merged = (JsonObject)AppliedMerge.Merge(old, applied, resource.Schema)!; // both are objects
        var changed = FieldSteps.Changed(Owned(merged), Owned(old), resource.Schema).Common(wanted);
        var conflicts = entries
            .Where(entry => entry != mine)
            .Select(entry => (Entry: entry, Fields: entry.Fields.Common(changed)))
            .Where(conflict => !conflict.Fields.IsEmpty)
            .ToList();
        if (conflicts.Count > 0 && !force)
        {
            throw Conflict(conflicts.Select(c => (c.Entry.Shown, c.Fields)));
        }
        foreach (var (entry, fields) in conflicts)
        {
            entry.Fields = entry.Fields.Without(fields);
        }
        var others = entries.Where(entry => entry != mine).Aggregate(wanted, (set, entry) => set.Union(entry.Fields));
        AppliedMerge.Remove(merged, (mine?.Fields ?? new FieldSet()).Without(others), resource.Schema);
        Set(manager, "Apply", wanted, resource);
        return merged;
    }

    public void WriteTo(JsonObject item)
    {
        var left = entries.Where(entry => !entry.Fields.IsEmpty).Select(entry => entry.Write()).ToArray<JsonNode>();
        item.Metadata().Remove("managedFields");
        if (left.Length > 0)
        {
            item.Metadata()["managedFields"] = new JsonArray(left);
        }
    }

    private Entry? Find(FieldManager manager, string operation) =>
        entries.Find(e =>
            e.Manager == manager.Name && e.Operation == operation && e.Subresource == manager.Subresource
        );

    private void Set(FieldManager manager, string operation, FieldSet fields, Resource resource)
    {
        var entry = Find(manager, operation);
        if (entry is null)
        {
            entry = new Entry(manager.Name, operation, manager.Subresource);
            entries.Add(entry);
        }
        // An apply that changes nothing is no new version of the object.
        if (entry.ApiVersion != resource.ApiVersion || !JsonNode.DeepEquals(entry.Fields.Write(), fields.Write()))
        {
            (entry.Fields, entry.Time, entry.ApiVersion) = (fields, manager.Time.Shown(), resource.ApiVersion);
        }
    }

    /// <summary>What may be owned: all but the object's identity and what the server keeps.</summary>
    private static JsonObject Owned(JsonObject item)
    {
        var owned = (JsonObject)item.DeepClone();
        owned.Remove("apiVersion");
        owned.Remove("kind");
        if (owned["metadata"] is JsonObject metadata)
        {
            foreach (var field in ServerOwned)
            {
                metadata.Remove(field);
            }
            if (metadata.Count == 0)
            {
                owned.Remove("metadata");
            }
        }
        return owned;
    }

    private static readonly string[] ServerOwned =
    [
        "name",
        "namespace",
        "generateName",
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "selfLink",
        "managedFields",
    ];

    private static ApiError Conflict(IEnumerable<(string Owner, FieldSet Fields)> conflicts)
    {
        var all = conflicts.SelectMany(c => c.Fields.Paths().Select(path => (c.Owner, Path: path))).ToList();
        var list = all.GroupBy(c => c.Owner)
            .Select(g => $"conflicts with {g.Key}:\n{string.Join('\n', g.Select(c => $"- {c.Path}"))}");
        var causes = all.Select(c => new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with {c.Owner}",
            ["field"] = c.Path,
        });
        var noun = all.Count == 1 ? "1 conflict" : $"{all.Count} conflicts";
        return new ApiError(
            409,
            "Conflict",
            $"Apply failed with {noun}: {string.Join('\n', list)}",
            new JsonObject { ["causes"] = new JsonArray([.. causes]) }
        );
    }

    private sealed class Entry(string manager, string operation, string subresource)
    {
        public string Manager => manager;
        public string Operation => operation;
        public string Subresource => subresource;
        public string ApiVersion { get; set; } = "";
        public string Time { get; set; } = "";
        public FieldSet Fields { get; set; } = new();
        public string Shown => operation == "Apply" ? $"\"{manager}\"" : $"\"{manager}\" using {ApiVersion}";

        public static Entry Read(JsonObject entry) =>
            new(entry.Text("manager") ?? "", entry.Text("operation") ?? "", entry.Text("subresource") ?? "")
            {
                ApiVersion = entry.Text("apiVersion") ?? "",
                Time = entry.Text("time") ?? "",
                Fields = FieldSet.Read(entry["fieldsV1"] as JsonObject),
            };

        public JsonObject Write()
        {
            var entry = new JsonObject
            {
                ["manager"] = manager,
                ["operation"] = operation,
                ["apiVersion"] = ApiVersion,
                ["time"] = Time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = Fields.Write(),
            };
            if (subresource.Length > 0)
            {
                entry["subresource"] = subresource;
            }
            return entry;
        }
    }
}
