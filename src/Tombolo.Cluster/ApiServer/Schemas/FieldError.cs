namespace Tombolo.Cluster.ApiServer;

/// <summary>One thing wrong with one field, in Kubernetes' words.</summary>
/// <param name="Field">Path as <c>spec.containers[0].name</c>.</param>
/// <param name="Reason">Kubernetes' cause: FieldValueRequired, FieldValueInvalid …</param>
/// <param name="Message">The message after the path.</param>
internal sealed record FieldError(string Field, string Reason, string Message)
{
    public static FieldError Required(string field, string detail = "") =>
        new(field, "FieldValueRequired", detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    /// <param name="shown">The value as JSON.</param>
    public static FieldError Invalid(string field, string shown, string detail) =>
        new(field, "FieldValueInvalid", $"Invalid value: {shown}: {detail}");

    public static FieldError Type(string field, string given, string detail) =>
        new(field, "FieldValueTypeInvalid", $"Invalid value: \"{given}\": {detail}");

    public static FieldError Forbidden(string field, string detail) =>
        new(field, "FieldValueForbidden", $"Forbidden: {detail}");

    public static FieldError Duplicate(string field, string shown) =>
        new(field, "FieldValueDuplicate", $"Duplicate value: {shown}");

    public static FieldError NotSupported(string field, string shown, IEnumerable<string> supported) =>
        new(
            field,
            "FieldValueNotSupported",
            $"Unsupported value: {shown}: supported values: {string.Join(", ", supported)}"
        );

    public static FieldError TooLong(string field, long most) =>
        new(field, "FieldValueTooLong", $"Too long: may not be more than {most} bytes");

    public static FieldError TooMany(string field, int count, long most) =>
        new(field, "FieldValueTooMany", $"Too many: {count}: must have at most {most} items");
}
