namespace Tombolo.Cluster.ApiServer;

/// <summary>A request's path under <c>/api/v1</c> or <c>/apis/GROUP/VERSION</c>, taken apart.</summary>
/// <param name="Namespace">Empty: cluster scope, or all namespaces.</param>
/// <param name="Name">Empty: the collection.</param>
/// <param name="Subresource">Empty: the object itself.</param>
internal sealed record ApiPath(
    string Group,
    string Version,
    string Plural,
    string Namespace,
    string Name,
    string Subresource
)
{
    /// <returns>Null: a path of no resource.</returns>
    public static ApiPath? Read(string path)
    {
        var parts = path.Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        return parts switch
        {
            ["api", var version, .. var rest] when rest.Length > 0 => Resource("", version, rest),
            ["apis", var group, var version, .. var rest] when rest.Length > 0 => Resource(group, version, rest),
            _ => null,
        };
    }

    private static ApiPath? Resource(string group, string version, string[] parts) =>
        parts switch
        {
            // A namespace's own subresources share the form of its content: namespaces/NAME/status.
            ["namespaces", var name, "status" or "finalize"] => new(group, version, "namespaces", "", name, parts[2]),
            ["namespaces", var space, var plural] => new(group, version, plural, space, "", ""),
            ["namespaces", var space, var plural, var name] => new(group, version, plural, space, name, ""),
            ["namespaces", var space, var plural, var name, .. var sub] => new(
                group,
                version,
                plural,
                space,
                name,
                string.Join('/', sub)
            ),
            [var plural] => new(group, version, plural, "", "", ""),
            [var plural, var name] => new(group, version, plural, "", name, ""),
            [var plural, var name, .. var sub] => new(group, version, plural, "", name, string.Join('/', sub)),
            _ => null,
        };
}
