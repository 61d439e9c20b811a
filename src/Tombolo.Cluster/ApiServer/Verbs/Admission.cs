using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Makes of what a client sent an object that may be stored, or says what is wrong with it. No side effects.</summary>
internal static class Admission
{
    /// <summary>Defaults, prunes and checks the object in place.</summary>
    /// <param name="old">The object before, in the same shape; null on create.</param>
    /// <exception cref="ApiError">400 or 422.</exception>
    public static void Admit(Resource resource, JsonObject item, JsonObject? old, WriteOptions options)
    {
        if (!resource.Custom)
        {
            SchemaPruning.DropNulls(item);
        }
        Prune(resource, item, options);
        SchemaDefaults.Apply(item, resource.Schema);
        var name = item.Text("metadata", "name") ?? "";
        var schema = new SchemaValidation();
        schema.Check(item, resource.Schema, "");
        RefuseWrongTypes(resource, name, schema.Errors);
        resource.Rules.Prepare?.Invoke(item, old);
        var errors = MetadataRules
            .Validate(resource, item, old)
            .Concat(schema.Errors)
            .Concat(resource.Rules.Validate?.Invoke(item, old) ?? [])
            .Concat(schema.Errors.Count == 0 ? Rules(resource, item, old) : [])
            .DistinctBy(error => (error.Field, error.Message))
            .ToList();
        if (errors.Count > 0)
        {
            throw ApiError.Invalid(resource, name, errors);
        }
    }

    private static List<FieldError> Rules(Resource resource, JsonObject item, JsonObject? old)
    {
        var errors = new List<FieldError>();
        if (resource.Custom)
        {
            CelValidation.Check(item, old, resource.Schema, "", errors);
        }
        return errors;
    }

    private static void Prune(Resource resource, JsonObject item, WriteOptions options)
    {
        var unknown = new List<string>();
        SchemaPruning.Prune(item, resource.Schema, "", unknown);
        var problems = unknown
            .Select(path => $"unknown field \"{path}\"")
            .Concat(options.Duplicates.Select(path => $"duplicate field \"{path}\""))
            .ToList();
        if (problems.Count == 0)
        {
            return;
        }
        if (options.FieldValidation == FieldValidation.Strict)
        {
            throw ApiError.BadRequest(
                $"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}:"
                    + $" strict decoding error: {string.Join(", ", problems)}"
            );
        }
        if (options.FieldValidation == FieldValidation.Warn)
        {
            options.Warnings.AddRange(problems);
        }
    }

    /// <summary>A built-in kind with a wrong type cannot even be decoded; of a custom one the error names the field.</summary>
    private static void RefuseWrongTypes(Resource resource, string name, List<FieldError> errors)
    {
        var wrong = errors.Where(error => error.Reason == "FieldValueTypeInvalid").ToList();
        if (wrong.Count == 0)
        {
            return;
        }
        throw resource.Custom
            ? ApiError.Invalid(resource, name, wrong)
            : ApiError.BadRequest(
                $"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: "
                    + string.Join(", ", wrong.Select(error => $"{error.Field}: {error.Message}"))
            );
    }
}
