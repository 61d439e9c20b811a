namespace Tombolo.Cluster.ApiServer;

/// <summary>A subresource as discovery names it.</summary>
/// <param name="Group">Group of its kind; null: that of the resource.</param>
internal sealed record Subresource(
    string Name,
    string Kind,
    string[] Verbs,
    string? Group = null,
    string? Version = null
)
{
    public static IEnumerable<Subresource> Of(Resource resource)
    {
        if (resource.HasStatus)
        {
            yield return new Subresource("status", resource.Kind, ["get", "patch", "update"]);
        }
        if (resource.Scale is not null)
        {
            yield return new Subresource("scale", "Scale", ["get", "patch", "update"], "autoscaling", "v1");
        }
        if (resource.StorageKind == "namespaces")
        {
            yield return new Subresource("finalize", "Namespace", ["update"]);
        }
        if (resource.StorageKind == "pods")
        {
            yield return new Subresource("attach", "PodAttachOptions", ["create", "get"]);
            yield return new Subresource("binding", "Binding", ["create"]);
            yield return new Subresource("eviction", "Eviction", ["create"], "policy", "v1");
            yield return new Subresource("exec", "PodExecOptions", ["create", "get"]);
            yield return new Subresource("log", "Pod", ["get"]);
            yield return new Subresource("portforward", "PodPortForwardOptions", ["create", "get"]);
        }
    }
}
