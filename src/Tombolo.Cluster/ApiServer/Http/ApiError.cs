using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>An answer that is no success, as Kubernetes words it; becomes a Status on the wire.</summary>
internal sealed class ApiError(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code => code;

    public string Reason => reason;

    public JsonObject Status() =>
        new()
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
            ["reason"] = reason,
            ["details"] = details?.DeepClone(),
            ["code"] = code,
        };

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Forbidden(Resource resource, string name, string why) =>
        new(
            403,
            "Forbidden",
            $"{resource.Qualified} \"{name}\" is forbidden: {why}",
            Details(resource, name, resource.Plural)
        );

    public static ApiError NotFound(Resource resource, string name) =>
        new(404, "NotFound", $"{resource.Qualified} \"{name}\" not found", Details(resource, name, resource.Plural));

    public static ApiError NamespaceNotFound(string name) =>
        new(
            404,
            "NotFound",
            $"namespaces \"{name}\" not found",
            new JsonObject { ["name"] = name, ["kind"] = "namespaces" }
        );

    public static ApiError NoSuchPath() => new(404, "NotFound", "the server could not find the requested resource");

    public static ApiError MethodNotAllowed(string method) =>
        new(405, "MethodNotAllowed", $"the server does not allow {method} on this resource");

    public static ApiError AlreadyExists(Resource resource, string name) =>
        new(
            409,
            "AlreadyExists",
            $"{resource.Qualified} \"{name}\" already exists",
            Details(resource, name, resource.Plural)
        );

    public static ApiError Conflict(Resource resource, string name, string why) =>
        new(
            409,
            "Conflict",
            $"Operation cannot be fulfilled on {resource.Qualified} \"{name}\": {why}",
            Details(resource, name, resource.Plural)
        );

    public static ApiError Modified(Resource resource, string name) =>
        Conflict(
            resource,
            name,
            "the object has been modified; please apply your changes to the latest version and try again"
        );

    public static ApiError Expired(string message) => new(410, "Expired", message);

    public static ApiError UnsupportedMediaType(string message) => new(415, "UnsupportedMediaType", message);

    public static ApiError Invalid(Resource resource, string name, IReadOnlyList<FieldError> errors)
    {
        var details = Details(resource, name, resource.Kind);
        details["causes"] = new JsonArray([
            .. errors.Select(e => new JsonObject
            {
                ["reason"] = e.Reason,
                ["message"] = e.Message,
                ["field"] = e.Field,
            }),
        ]);
        var list = string.Join(", ", errors.Select(e => $"{e.Field}: {e.Message}"));
        var kind = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        return new ApiError(
            422,
            "Invalid",
            $"{kind} \"{name}\" is invalid: {(errors.Count > 1 ? $"[{list}]" : list)}",
            details
        );
    }

    private static JsonObject Details(Resource resource, string name, string kind)
    {
        var details = new JsonObject { ["name"] = name };
        if (resource.Group.Length > 0)
        {
            details["group"] = resource.Group;
        }
        details["kind"] = kind;
        return details;
    }
}
