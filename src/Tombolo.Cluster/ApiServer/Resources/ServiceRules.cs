using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A port's target is the port itself unless it says another; ClusterIPs are not allotted here yet.</summary>
internal static class ServiceRules
{
    public static readonly ResourceRules Rules = new()
    {
        Names = NameStyle.ServiceLabel,
        Prepare = (item, _) =>
        {
            foreach (var port in item.Items("spec", "ports"))
            {
                port["targetPort"] ??= port["port"]?.DeepClone();
            }
        },
        Validate = Validate,
    };

    private static IEnumerable<FieldError> Validate(JsonObject item, JsonObject? old)
    {
        var ports = item.Items("spec", "ports").ToList();
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i].Whole("port") ?? 0;
            if (port is < 1 or > 65535)
            {
                yield return FieldError.Invalid(
                    $"spec.ports[{i}].port",
                    port.ToString(),
                    "must be between 1 and 65535, inclusive"
                );
            }
            if (ports.Count > 1 && ports[i].Text("name") is null or "")
            {
                yield return FieldError.Required($"spec.ports[{i}].name");
            }
        }
    }
}
