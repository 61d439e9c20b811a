namespace Tombolo.Cluster.ApiServer;

/// <summary>A namespace carries its name as a label, and its content goes before it does.</summary>
internal static class NamespaceRules
{
    public const string NameLabel = "kubernetes.io/metadata.name";

    public static readonly ResourceRules Rules = new()
    {
        Names = NameStyle.Label,
        Undeletable = name =>
            name is "default" or "kube-system" or "kube-public" ? "this namespace may not be deleted" : null,
        Prepare = (item, old) =>
        {
            item.Ensure("metadata", "labels")[NameLabel] = item.Text("metadata", "name");
            if (old is null)
            {
                item.Ensure("spec")["finalizers"] = new System.Text.Json.Nodes.JsonArray("kubernetes");
                item["status"] = new System.Text.Json.Nodes.JsonObject { ["phase"] = "Active" };
            }
        },
    };
}
