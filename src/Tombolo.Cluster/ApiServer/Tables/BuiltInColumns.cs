using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The columns that kubectl's users know, kind by kind.</summary>
internal static class BuiltInColumns
{
    private static readonly Column Name = Column.NameColumn;
    private static readonly Column Age = Column.Age;

    public static IReadOnlyList<Column> Of(string kind, string group) =>
        (kind, group) switch
        {
            ("Pod", "") => PodColumns.All,
            ("Node", "") => NodeColumns.All,
            ("Service", "") => ServiceColumns.All,
            ("Event", _) => EventColumns.All,
            ("Namespace", "") => [Name, Column.At("Status", "status", "phase"), Age],
            ("ConfigMap", "") => [Name, Column.Number("Data", item => Count(item, "data", "binaryData")), Age],
            ("Secret", "") =>
            [
                Name,
                Column.At("Type", "type"),
                Column.Number("Data", item => Count(item, "data")),
                Age,
            ],
            ("ServiceAccount", "") => [Name, Column.Number("Secrets", item => item.Items("secrets").Count()), Age],
            ("Endpoints", "") => [Name, Column.Text("Endpoints", Endpoints), Age],
            ("Deployment", _) => WorkloadColumns.Deployment,
            ("ReplicaSet", _) => WorkloadColumns.ReplicaSet,
            ("StatefulSet", _) => WorkloadColumns.StatefulSet,
            ("DaemonSet", _) => WorkloadColumns.DaemonSet,
            ("Job", _) => WorkloadColumns.Job,
            ("Lease", _) => [Name, Column.At("Holder", "spec", "holderIdentity"), Age],
            ("EndpointSlice", _) =>
            [
                Name,
                Column.At("AddressType", "addressType"),
                Column.Text("Ports", item => Joined(item.Items("ports").Select(p => $"{p.Whole("port")}"), "<unset>")),
                Column.Text(
                    "Endpoints",
                    item =>
                        Joined(
                            item.Items("endpoints")
                                .SelectMany(e => e.Items("addresses"))
                                .Select(a => a.GetString() ?? ""),
                            "<unset>"
                        )
                ),
                Age,
            ],
            ("NetworkPolicy", _) =>
            [
                Name,
                Column.Text("Pod-Selector", i => Selector(i.At("spec", "podSelector"))),
                Age,
            ],
            ("PodDisruptionBudget", _) =>
            [
                Name,
                Column.Text("Min Available", item => Column.Shown(item.At("spec", "minAvailable")) ?? "N/A"),
                Column.Text("Max Unavailable", item => Column.Shown(item.At("spec", "maxUnavailable")) ?? "N/A"),
                Column.Number("Allowed Disruptions", item => item.Whole("status", "disruptionsAllowed") ?? 0),
                Age,
            ],
            ("RoleBinding" or "ClusterRoleBinding", _) =>
            [
                Name,
                Column.Text("Role", item => $"{item.Text("roleRef", "kind")}/{item.Text("roleRef", "name")}"),
                Age,
            ],
            ("Role" or "ClusterRole" or "CustomResourceDefinition", _) =>
            [
                Name,
                Column.At("Created At", "metadata", "creationTimestamp"),
            ],
            _ => Column.Default,
        };

    /// <summary>A selector as kubectl writes it; <c>&lt;none&gt;</c> if empty.</summary>
    public static string Selector(JsonElement? selector)
    {
        if (selector is not { ValueKind: JsonValueKind.Object } given)
        {
            return "<none>";
        }
        var labels = given.Fields("matchLabels").Select(l => $"{l.Name}={l.Value.GetString()}");
        var expressions = given
            .Items("matchExpressions")
            .Select(e =>
            {
                var values = string.Join(',', e.Items("values").Select(v => v.GetString()));
                return e.Text("operator") switch
                {
                    "Exists" => e.Text("key") ?? "",
                    "DoesNotExist" => $"!{e.Text("key")}",
                    var operation => $"{e.Text("key")} {operation?.ToLowerInvariant()} ({values})",
                };
            });
        return Joined(labels.Concat(expressions), "<none>");
    }

    public static string Joined(IEnumerable<string> parts, string none)
    {
        var list = parts.ToList();
        return list.Count switch
        {
            0 => none,
            > 3 => string.Join(',', list.Take(3)) + $" + {list.Count - 3} more...",
            _ => string.Join(',', list),
        };
    }

    private static JsonNode Count(JsonElement item, params string[] maps) => maps.Sum(map => item.Fields(map).Count());

    private static JsonNode Endpoints(JsonElement item) =>
        Joined(
            item.Items("subsets")
                .SelectMany(subset =>
                    subset
                        .Items("addresses")
                        .SelectMany(address =>
                            subset.Items("ports").Select(port => $"{address.Text("ip")}:{port.Whole("port")}")
                        )
                ),
            "<none>"
        );
}
