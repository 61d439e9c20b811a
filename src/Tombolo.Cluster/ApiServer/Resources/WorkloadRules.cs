using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>Deployments, replica sets and their like: the template is a pod, the selector finds it and stays.</summary>
internal static class WorkloadRules
{
    public static readonly ResourceRules Rules = new()
    {
        Generation = true,
        Prepare = (item, _) =>
        {
            CompleteStrategy(item);
            if (item.At("spec", "template", "spec") is JsonObject pod)
            {
                PodRules.Complete(pod);
            }
        },
        Validate = Validate,
    };

    /// <summary>The numbers of a rolling update, which the other strategies do not have.</summary>
    private static void CompleteStrategy(JsonObject item)
    {
        var (field, numbers) = item.Text("kind") switch
        {
            "Deployment" => ("strategy", new JsonObject { ["maxSurge"] = "25%", ["maxUnavailable"] = "25%" }),
            "DaemonSet" => ("updateStrategy", new JsonObject { ["maxSurge"] = 0, ["maxUnavailable"] = 1 }),
            "StatefulSet" => ("updateStrategy", new JsonObject { ["partition"] = 0 }),
            _ => ("", []),
        };
        if (item.Text("spec", field, "type") != "RollingUpdate")
        {
            return;
        }
        var given = item.Ensure("spec", field, "rollingUpdate");
        foreach (var (name, value) in numbers)
        {
            given[name] ??= value?.DeepClone();
        }
    }

    private static IEnumerable<FieldError> Validate(JsonObject item, JsonObject? old)
    {
        var selector = item.At("spec", "selector") as JsonObject;
        if (old is not null && !JsonNode.DeepEquals(selector, old.At("spec", "selector")))
        {
            yield return FieldError.Invalid("spec.selector", selector?.ToJsonString() ?? "null", "field is immutable");
        }
        if (item.At("spec", "template") is not JsonObject template)
        {
            yield break;
        }
        foreach (var error in PodRules.ValidateSpec(template["spec"] as JsonObject, "spec.template.spec"))
        {
            yield return error;
        }
        if (template.Text("spec", "restartPolicy") is { } policy and not "Always")
        {
            yield return FieldError.NotSupported("spec.template.spec.restartPolicy", $"\"{policy}\"", ["\"Always\""]);
        }
        var labels = template.At("metadata", "labels") as JsonObject;
        if (selector is not null && LabelSelector.FromObject(selector) is { } parsed)
        {
            if (parsed.IsEmpty)
            {
                yield return FieldError.Invalid("spec.selector", "{}", "empty selector is invalid for deployment");
            }
            else if (!parsed.Matches(labels?.ToDictionary(l => l.Key, l => l.Value.Text() ?? "") ?? []))
            {
                yield return FieldError.Invalid(
                    "spec.template.metadata.labels",
                    labels?.ToJsonString() ?? "{}",
                    "`selector` does not match template `labels`"
                );
            }
        }
    }
}
