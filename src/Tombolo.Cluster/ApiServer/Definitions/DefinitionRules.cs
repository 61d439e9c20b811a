using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What a CustomResourceDefinition must be, and the status that says it is served.</summary>
/// <param name="served">The kinds served now: their names are taken.</param>
internal sealed class DefinitionRules(CustomResources resources, Func<ResourceSet> served, TimeProvider time)
{
    /// <summary>Holds a deleted definition until its objects are gone.</summary>
    public const string Cleanup = "customresourcecleanup.apiextensions.k8s.io";

    public const string StorageKind = "customresourcedefinitions.apiextensions.k8s.io";

    public ResourceRules Rules =>
        new()
        {
            Generation = true,
            Prepare = Prepare,
            Validate = Validate,
            OnDelete = _ => [Cleanup],
        };

    private void Prepare(JsonObject item, JsonObject? old)
    {
        var names = item.Ensure("spec", "names");
        var kind = names.Text("kind") ?? "";
        names["singular"] ??= kind.ToLowerInvariant();
        names["listKind"] ??= kind + "List";
        var taken = Taken(item);
        var status = item.Ensure("status");
        status["acceptedNames"] = taken is null
            ? names.DeepClone()
            : status["acceptedNames"]?.DeepClone() ?? Nameless();
        var storage = item.Items("spec", "versions").Where(v => v.Truth("storage") == true).Select(v => v.Text("name"));
        var stored = status.Texts("storedVersions").Union(storage.OfType<string>());
        status["storedVersions"] = new JsonArray([.. stored.Select(version => (JsonNode)version)]);
        var established = taken is null || IsTrue(old, "Established");
        SetCondition(
            status,
            "NamesAccepted",
            taken is null,
            taken is null ? "NoConflicts" : "NameConflict",
            taken ?? "no conflicts found"
        );
        SetCondition(
            status,
            "Established",
            established,
            established ? "InitialNamesAccepted" : "NotAccepted",
            established ? "the initial names have been accepted" : "not all names are accepted"
        );
    }

    private static JsonObject Nameless() => new() { ["kind"] = "", ["plural"] = "" };

    public static bool IsTrue(JsonObject? definition, string condition) =>
        definition.Items("status", "conditions").Any(c => c.Text("type") == condition && c.Text("status") == "True");

    /// <summary>Which name another kind of the group has; null: none.</summary>
    private string? Taken(JsonObject item)
    {
        var group = item.Text("spec", "group");
        var plural = item.Text("spec", "names", "plural");
        var names = item.At("spec", "names");
        var others = served().All.Where(r => r.Group == group && r.Plural != plural).ToList();
        if (others.Any(r => r.Kind == names.Text("kind") || r.ListKind == names.Text("kind")))
        {
            return $"\"{names.Text("kind")}\" is already in use";
        }
        var all = names.Texts("shortNames").Append(names.Text("singular")).Append(plural);
        var used = all.FirstOrDefault(name =>
            others.Any(r => r.Plural == name || r.Singular == name || r.ShortNames.Contains(name!))
        );
        return used is null ? null : $"\"{used}\" is already in use";
    }

    private void SetCondition(JsonObject status, string type, bool holds, string reason, string message)
    {
        if (status["conditions"] is not JsonArray conditions)
        {
            status["conditions"] = conditions = [];
        }
        var text = holds ? "True" : "False";
        var current = conditions.OfType<JsonObject>().FirstOrDefault(c => c.Text("type") == type);
        var since = current?.Text("status") == text ? current.Text("lastTransitionTime") : null;
        conditions.Remove(current);
        conditions.Add(
            new JsonObject
            {
                ["type"] = type,
                ["status"] = text,
                ["reason"] = reason,
                ["message"] = message,
                ["lastTransitionTime"] = since ?? time.GetUtcNow().Shown(),
            }
        );
    }

    private IEnumerable<FieldError> Validate(JsonObject item, JsonObject? old)
    {
        var (group, plural) = (item.Text("spec", "group"), item.Text("spec", "names", "plural"));
        if (item.Text("metadata", "name") != $"{plural}.{group}")
        {
            yield return FieldError.Invalid(
                "metadata.name",
                $"\"{item.Text("metadata", "name")}\"",
                "must be spec.names.plural+\".\"+spec.group"
            );
        }
        if (old is not null && item.Text("spec", "scope") != old.Text("spec", "scope"))
        {
            yield return FieldError.Invalid("spec.scope", $"\"{item.Text("spec", "scope")}\"", "field is immutable");
        }
        if (item.Truth("spec", "preserveUnknownFields") == true)
        {
            yield return FieldError.Invalid(
                "spec.preserveUnknownFields",
                "true",
                "must be false in order to use defaults in the schema"
            );
        }
        if (item.Text("spec", "conversion", "strategy") is { } strategy and not "None")
        {
            yield return FieldError.NotSupported("spec.conversion.strategy", $"\"{strategy}\"", ["\"None\""]);
        }
        foreach (var error in resources.Read(item).Errors)
        {
            yield return error;
        }
    }
}
