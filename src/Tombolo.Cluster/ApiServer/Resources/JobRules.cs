using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>A job finds its pods by its own uid unless it was told a selector.</summary>
internal static class JobRules
{
    public static readonly ResourceRules Rules = new()
    {
        Generation = true,
        Prepare = (item, old) =>
        {
            if (item.At("spec", "template") is not JsonObject template || old is not null)
            {
                return;
            }
            var spec = item.Ensure("spec");
            if (spec["completions"] is null && spec["parallelism"] is null)
            {
                (spec["completions"], spec["parallelism"]) = (1, 1);
            }
            spec["parallelism"] ??= 1;
            if (spec.Truth("manualSelector") != true)
            {
                var uid = item.Text("metadata", "uid") ?? "";
                var labels = template.Ensure("metadata", "labels");
                labels["batch.kubernetes.io/controller-uid"] = uid;
                labels["controller-uid"] = uid;
                labels["batch.kubernetes.io/job-name"] = item.Text("metadata", "name");
                labels["job-name"] = item.Text("metadata", "name");
                spec.Ensure("selector", "matchLabels")["batch.kubernetes.io/controller-uid"] = uid;
            }
            if (template["spec"] is JsonObject pod)
            {
                PodRules.Complete(pod);
            }
        },
        Validate = (item, _) =>
            PodRules
                .ValidateSpec(item.At("spec", "template", "spec") as JsonObject, "spec.template.spec")
                .Concat(
                    item.Text("spec", "template", "spec", "restartPolicy") is "Always"
                        ?
                        [
                            FieldError.NotSupported(
                                "spec.template.spec.restartPolicy",
                                "\"Always\"",
                                ["\"OnFailure\"", "\"Never\""]
                            ),
                        ]
                        : []
                ),
    };
}
