using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Tells clients which kinds are served: <c>/api</c>, <c>/apis</c> and below, plain or aggregated.</summary>
internal sealed class Discovery(ResourceRegistry registry)
{
    public async Task<bool> TryAnswerAsync(HttpContext context, string path)
    {
        var served = registry.Current;
        var parts = path.Trim('/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["api"] or ["apis"] && AggregatedDiscovery.Version(context.Request.Headers.Accept) is { } version)
        {
            var type = $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList";
            var list = AggregatedDiscovery.Document(served, core: parts[0] == "api", version);
            await Answer.JsonAsync(context, list, 200, type);
            return true;
        }
        var document = parts switch
        {
            [] => Paths(served),
            ["api"] => CoreVersions(),
            ["apis"] => Groups(served),
            ["apis", var group] => Group(served, group),
            ["api", var v] => Resources(served, "", v),
            ["apis", var group, var v] => Resources(served, group, v),
            _ => null,
        };
        if (document is null)
        {
            return false;
        }
        await Answer.JsonAsync(context, document);
        return true;
    }

    private static JsonObject Paths(ResourceSet served)
    {
        var groups = served.Groups().Where(g => g.Group.Length > 0);
        var paths = groups.SelectMany(g => g.Versions.Select(v => $"/apis/{g.Group}/{v}").Prepend($"/apis/{g.Group}"));
        string[] fixedPaths = ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"];
        return new JsonObject
        {
            ["paths"] = new JsonArray([
                .. fixedPaths.Concat(paths).Order(StringComparer.Ordinal).Select(p => (JsonNode)p),
            ]),
        };
    }

    private static JsonObject CoreVersions() =>
        new()
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(),
        };

    private static JsonObject Groups(ResourceSet served) =>
        new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([
                .. served.Groups().Where(g => g.Group.Length > 0).Select(g => GroupOf(g.Group, g.Versions)),
            ]),
        };

    private static JsonObject? Group(ResourceSet served, string name)
    {
        var (group, versions) = served.Groups().FirstOrDefault(g => g.Group == name);
        if (string.IsNullOrEmpty(group))
        {
            return null;
        }
        var document = GroupOf(group, versions);
        (document["kind"], document["apiVersion"]) = ("APIGroup", "v1");
        return document;
    }

    private static JsonObject GroupOf(string group, IReadOnlyList<string> versions)
    {
        JsonObject Entry(string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions.Select(Entry)]),
            ["preferredVersion"] = Entry(versions[0]),
        };
    }

    private static JsonObject? Resources(ResourceSet served, string group, string version)
    {
        var found = served.All.Where(r => r.Group == group && r.Version == version).ToList();
        if (found.Count == 0)
        {
            return null;
        }
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = found[0].ApiVersion,
            ["resources"] = new JsonArray([.. found.SelectMany(Entries)]),
        };
    }

    private static IEnumerable<JsonObject> Entries(Resource resource)
    {
        var entry = new JsonObject
        {
            ["name"] = resource.Plural,
            ["singularName"] = resource.Singular,
            ["namespaced"] = resource.Namespaced,
            ["kind"] = resource.Kind,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (resource.ShortNames.Count > 0)
        {
            entry["shortNames"] = Texts(resource.ShortNames);
        }
        if (resource.Categories.Count > 0)
        {
            entry["categories"] = Texts(resource.Categories);
        }
        yield return entry;
        foreach (var sub in Subresource.Of(resource))
        {
            var inner = new JsonObject
            {
                ["name"] = $"{resource.Plural}/{sub.Name}",
                ["singularName"] = "",
                ["namespaced"] = resource.Namespaced,
                ["kind"] = sub.Kind,
                ["verbs"] = Texts(sub.Verbs),
            };
            if (sub.Group is { } group)
            {
                (inner["group"], inner["version"]) = (group, sub.Version);
            }
            yield return inner;
        }
    }

    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
