using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Reads a CustomResourceDefinition as the resources it asks to be served, one a version.</summary>
/// <param name="metadata">The schema of metadata.</param>
internal sealed class CustomResources(Schema metadata)
{
    /// <param name="definition">Its spec has its defaults.</param>
    public (IReadOnlyList<Resource> Served, IReadOnlyList<FieldError> Errors) Read(JsonObject definition)
    {
        var errors = new List<FieldError>();
        var served = new List<Resource>();
        var versions = definition.Items("spec", "versions").ToList();
        var storage = versions.Where(v => v.Truth("storage") == true).Select(v => v.Text("name") ?? "").ToList();
        if (storage.Count != 1)
        {
            errors.Add(
                FieldError.Invalid(
                    "spec.versions",
                    $"{storage.Count}",
                    "must have exactly one version marked as storage version"
                )
            );
        }
        for (var i = 0; i < versions.Count; i++)
        {
            var resource = Read(definition, versions[i], storage.FirstOrDefault() ?? "", $"spec.versions[{i}]", errors);
            if (versions[i].Truth("served") == true)
            {
                served.Add(resource);
            }
        }
        return (served, errors);
    }

    private Resource Read(
        JsonObject definition,
        JsonObject version,
        string storage,
        string path,
        List<FieldError> errors
    )
    {
        var names = definition.At("spec", "names") as JsonObject ?? [];
        var kind = names.Text("kind") ?? "";
        var group = definition.Text("spec", "group") ?? "";
        var name = version.Text("name") ?? "";
        return new Resource
        {
            Group = group,
            Version = name,
            StorageVersion = storage,
            Kind = kind,
            ListKindName = names.Text("listKind"),
            Plural = names.Text("plural") ?? "",
            Singular = names.Text("singular") ?? kind.ToLowerInvariant(),
            ShortNames = [.. names.Texts("shortNames")],
            Categories = [.. names.Texts("categories")],
            Namespaced = definition.Text("spec", "scope") == "Namespaced",
            Schema = ReadSchema(version, path, errors),
            Columns = CustomColumns.Read(version, path, errors),
            HasStatus = version.At("subresources", "status") is not null,
            Scale = ReadScale(version),
            SelectableFields =
            [
                .. version.Items("selectableFields").Select(f => f.Text("jsonPath")?.TrimStart('.')).OfType<string>(),
            ],
            Custom = true,
            Ending = definition.Text("metadata", "deletionTimestamp") is not null,
            Deprecation =
                version.Truth("deprecated") == true
                    ? version.Text("deprecationWarning") ?? $"{group}/{name} {kind} is deprecated"
                    : null,
        };
    }

    private Schema ReadSchema(JsonObject version, string path, List<FieldError> errors)
    {
        var at = $"{path}.schema.openAPIV3Schema";
        if (version.At("schema", "openAPIV3Schema") is not JsonObject source)
        {
            errors.Add(FieldError.Required(at, "schemas are required"));
            return new Schema { Type = "object" };
        }
        var schemas = new StructuralSchemas();
        var schema = schemas.ReadRoot((JsonObject)source.DeepClone(), metadata, at);
        errors.AddRange(schemas.Errors);
        return schema;
    }

    private static ScalePaths? ReadScale(JsonObject version)
    {
        if (version.At("subresources", "scale") is not JsonObject scale)
        {
            return null;
        }
        string[]? Path(string name) => scale.Text(name)?.TrimStart('.').Split('.');
        return new ScalePaths(
            Path("specReplicasPath") ?? ["spec", "replicas"],
            Path("statusReplicasPath") ?? ["status", "replicas"],
            Path("labelSelectorPath")
        );
    }
}
