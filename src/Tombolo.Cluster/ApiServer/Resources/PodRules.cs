using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>What a pod gets on creation, what may not change later, and how it waits for its kubelet to be deleted.</summary>
internal static class PodRules
{
    public static readonly ResourceRules Rules = new()
    {
        Generation = true,
        Prepare = Prepare,
        Validate = Validate,
        GraceSeconds = GraceSeconds,
    };

    private static readonly string[] NodeTaints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    /// <summary>What a schema's defaults cannot say of a pod's spec.</summary>
    public static void Complete(JsonObject spec)
    {
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            if (container["imagePullPolicy"] is null && container.Text("image") is { } image)
            {
                var tag = image[(image.LastIndexOf('/') + 1)..];
                var moving = tag.EndsWith(":latest", StringComparison.Ordinal) || !tag.Contains(':');
                container["imagePullPolicy"] = moving && !tag.Contains('@') ? "Always" : "IfNotPresent";
            }
            Requests(container);
        }
    }

    public static IEnumerable<FieldError> ValidateSpec(JsonObject? spec, string path)
    {
        var containers = spec.Items("containers").ToList();
        if (containers.Count == 0)
        {
            yield return FieldError.Required($"{path}.containers");
        }
        var names = new HashSet<string>();
        for (var i = 0; i < containers.Count; i++)
        {
            var at = $"{path}.containers[{i}]";
            var name = containers[i].Text("name") ?? "";
            if (Names.Problem(name, NameStyle.Label) is { } problem)
            {
                yield return FieldError.Invalid($"{at}.name", $"\"{name}\"", problem);
            }
            if (!names.Add(name))
            {
                yield return FieldError.Duplicate($"{at}.name", $"\"{name}\"");
            }
            if (string.IsNullOrEmpty(containers[i].Text("image")))
            {
                yield return FieldError.Required($"{at}.image");
            }
            foreach (var error in ValidatePorts(containers[i], at))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<FieldError> ValidatePorts(JsonObject container, string at)
    {
        var i = 0;
        foreach (var port in container.Items("ports"))
        {
            if (port.Whole("containerPort") is not (>= 1 and <= 65535))
            {
                var given = port["containerPort"]?.ToJsonString() ?? "null";
                yield return FieldError.Invalid(
                    $"{at}.ports[{i}].containerPort",
                    given,
                    "must be between 1 and 65535, inclusive"
                );
            }
            i++;
        }
    }

    private static void Prepare(JsonObject pod, JsonObject? old)
    {
        if (old is not null || pod["spec"] is not JsonObject spec)
        {
            return;
        }
        Complete(spec);
        spec["serviceAccountName"] ??= spec["serviceAccount"]?.DeepClone() ?? "default";
        spec["serviceAccount"] = spec["serviceAccountName"]?.DeepClone();
        spec["preemptionPolicy"] ??= "PreemptLowerPriority";
        spec["priority"] ??= 0;
        Tolerate(spec);
        pod["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService(spec) };
    }

    /// <summary>The DefaultTolerationSeconds admission: five minutes on a node that does not answer.</summary>
    private static void Tolerate(JsonObject spec)
    {
        var given = spec.Items("tolerations").ToList();
        foreach (var key in NodeTaints)
        {
            if (given.Any(t => t.Text("key") == key || t.Text("key") is null or ""))
            {
                continue;
            }
            if (spec["tolerations"] is not JsonArray tolerations)
            {
                spec["tolerations"] = tolerations = [];
            }
            tolerations.Add(
                new JsonObject
                {
                    ["key"] = key,
                    ["operator"] = "Exists",
                    ["effect"] = "NoExecute",
                    ["tolerationSeconds"] = 300,
                }
            );
        }
    }

    /// <summary>A request that is not given equals its limit.</summary>
    private static void Requests(JsonObject container)
    {
        if (container.At("resources", "limits") is JsonObject limits)
        {
            var requests = container.Ensure("resources", "requests");
            foreach (var (name, limit) in limits)
            {
                requests[name] ??= limit?.DeepClone();
            }
        }
    }

    private static string QualityOfService(JsonObject spec)
    {
        var containers = spec.Items("containers").Concat(spec.Items("initContainers")).ToList();
        if (
            containers.All(c =>
                c.At("resources", "limits") is not JsonObject { Count: > 0 }
                && c.At("resources", "requests") is not JsonObject { Count: > 0 }
            )
        )
        {
            return "BestEffort";
        }
        var guaranteed = containers.All(c =>
            c.At("resources", "limits") is JsonObject limits
            && limits.ContainsKey("cpu")
            && limits.ContainsKey("memory")
            && JsonNode.DeepEquals(limits, c.At("resources", "requests"))
        );
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static IEnumerable<FieldError> Validate(JsonObject pod, JsonObject? old)
    {
        if (old is null)
        {
            return ValidateSpec(pod["spec"] as JsonObject, "spec");
        }
        var (now, before) = (Fixed(pod), Fixed(old));
        return JsonNode.DeepEquals(now, before)
            ? []
            :
            [
                FieldError.Forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,"
                        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions"
                        + " to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if"
                        + " it was previously negative)"
                ),
            ];
    }

    /// <summary>A pod's spec without what may change after creation. The binding sets nodeName by a way of its own.</summary>
    private static JsonObject Fixed(JsonObject pod)
    {
        var spec = pod["spec"]?.DeepClone() as JsonObject ?? [];
        foreach (var container in spec.Items("containers").Concat(spec.Items("initContainers")))
        {
            container.Remove("image");
        }
        spec.Remove("activeDeadlineSeconds");
        spec.Remove("tolerations");
        spec.Remove("terminationGracePeriodSeconds");
        spec.Remove("ephemeralContainers");
        spec.Remove("schedulingGates");
        return spec;
    }

    /// <summary>A bound pod that still runs waits for its kubelet; any other goes at once.</summary>
    private static long GraceSeconds(JsonObject pod, long? asked)
    {
        if (
            string.IsNullOrEmpty(pod.Text("spec", "nodeName")) || pod.Text("status", "phase") is "Succeeded" or "Failed"
        )
        {
            return 0;
        }
        return Math.Max(0, asked ?? pod.Whole("spec", "terminationGracePeriodSeconds") ?? 30);
    }
}
