using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>apidiscovery.k8s.io: all groups, versions and kinds in one document.</summary>
internal static class AggregatedDiscovery
{
    /// <summary>The version of the document that the client prefers; null: it wants the plain one.</summary>
    public static string? Version(string? accept)
    {
        foreach (var range in MediaRange.Parse(accept))
        {
            if (range.Type != "application/json")
            {
                continue;
            }
            if (range.Parameter("as") != "APIGroupDiscoveryList")
            {
                return null;
            }
            if (range.Parameter("g") == "apidiscovery.k8s.io" && range.Parameter("v") is "v2" or "v2beta1")
            {
                return range.Parameter("v");
            }
        }
        return null;
    }

    public static JsonObject Document(ResourceSet served, bool core, string version) =>
        new()
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([
                .. served
                    .Groups()
                    .Where(g => g.Group.Length == 0 == core)
                    .Select(g => new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["name"] = g.Group, ["creationTimestamp"] = null },
                        ["versions"] = new JsonArray([.. g.Versions.Select(v => VersionOf(served, g.Group, v))]),
                    }),
            ]),
        };

    private static JsonObject VersionOf(ResourceSet served, string group, string version) =>
        new()
        {
            ["version"] = version,
            ["freshness"] = "Current",
            ["resources"] = new JsonArray([
                .. served.All.Where(r => r.Group == group && r.Version == version).Select(Entry),
            ]),
        };

    private static JsonObject Entry(Resource resource)
    {
        var entry = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = Kind(resource.Group, resource.Version, resource.Kind),
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = Discovery.Texts(resource.Verbs),
        };
        if (resource.ShortNames.Count > 0)
        {
            entry["shortNames"] = Discovery.Texts(resource.ShortNames);
        }
        if (resource.Categories.Count > 0)
        {
            entry["categories"] = Discovery.Texts(resource.Categories);
        }
        var subresources = Subresource
            .Of(resource)
            .Select(sub => new JsonObject
            {
                ["subresource"] = sub.Name,
                ["responseKind"] = Kind(sub.Group ?? resource.Group, sub.Version ?? resource.Version, sub.Kind),
                ["verbs"] = Discovery.Texts(sub.Verbs),
            })
            .ToArray<JsonNode>();
        if (subresources.Length > 0)
        {
            entry["subresources"] = new JsonArray(subresources);
        }
        return entry;
    }

    private static JsonObject Kind(string group, string version, string kind) =>
        new()
        {
            ["group"] = group,
            ["version"] = version,
            ["kind"] = kind,
        };
}
