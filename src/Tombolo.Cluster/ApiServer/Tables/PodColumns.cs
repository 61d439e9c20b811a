using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tombolo.Cluster.ApiServer;

/// <summary>NAME READY STATUS RESTARTS AGE, and with <c>-o wide</c> IP NODE and gates.</summary>
internal static class PodColumns
{
    public static readonly IReadOnlyList<Column> All =
    [
        Column.NameColumn,
        Column.Text("Ready", item => $"{Statuses(item).Count(s => s.Truth("ready"))}/{Containers(item)}"),
        Column.Text("Status", item => Status(item)),
        new Column(
            "Restarts",
            "string",
            "",
            "How often containers were started again.",
            0,
            (item, now) => Restarts(item, now)
        ),
        Column.Age,
        Column.Text("IP", item => item.Text("status", "podIP") ?? "<none>", 1),
        Column.Text("Node", item => item.Text("spec", "nodeName") ?? "<none>", 1),
        Column.Text("Nominated Node", item => item.Text("status", "nominatedNodeName") ?? "<none>", 1),
        Column.Text("Readiness Gates", Gates, 1),
    ];

    private static IEnumerable<JsonElement> Statuses(JsonElement pod) => pod.Items("status", "containerStatuses");

    private static int Containers(JsonElement pod) => pod.Items("spec", "containers").Count();

    /// <summary>The phase, unless a container waits or ended for a reason worth more; as printPod has it.</summary>
    private static string Status(JsonElement pod)
    {
        var reason = pod.Text("status", "reason") ?? pod.Text("status", "phase") ?? "Unknown";
        if (
            pod.Items("status", "conditions")
                .Any(c => c.Text("type") == "PodScheduled" && c.Text("reason") == "SchedulingGated")
        )
        {
            reason = "SchedulingGated";
        }
        reason = InitReason(pod) ?? ContainerReason(pod, reason);
        if (pod.Text("metadata", "deletionTimestamp") is null)
        {
            return reason;
        }
        return pod.Text("status", "reason") == "NodeLost" ? "Unknown" : "Terminating";
    }

    private static string? InitReason(JsonElement pod)
    {
        var (index, total) = (0, pod.Items("spec", "initContainers").Count());
        foreach (var status in pod.Items("status", "initContainerStatuses"))
        {
            if (status.Whole("state", "terminated", "exitCode") == 0 || status.Truth("started"))
            {
                index++;
                continue;
            }
            if (status.At("state", "terminated") is { } ended)
            {
                return $"Init:{ended.Text("reason") ?? $"ExitCode:{ended.Whole("exitCode")}"}";
            }
            var waiting = status.Text("state", "waiting", "reason");
            return waiting is { Length: > 0 } and not "PodInitializing" ? $"Init:{waiting}" : $"Init:{index}/{total}";
        }
        return null;
    }

    private static string ContainerReason(JsonElement pod, string reason)
    {
        var running = false;
        foreach (var status in Statuses(pod).Reverse())
        {
            if (status.Text("state", "waiting", "reason") is { Length: > 0 } waiting)
            {
                reason = waiting;
            }
            else if (status.At("state", "terminated") is { } ended)
            {
                reason = ended.Text("reason") switch
                {
                    { Length: > 0 } said => said,
                    _ when ended.Whole("signal") is { } signal and not 0 => $"Signal:{signal}",
                    _ => $"ExitCode:{ended.Whole("exitCode")}",
                };
            }
            else if (status.Truth("ready") && status.At("state", "running") is not null)
            {
                running = true;
            }
        }
        var ready = pod.Items("status", "conditions").Any(c => c.Text("type") == "Ready" && c.Text("status") == "True");
        return reason == "Completed" && running ? (ready ? "Running" : "NotReady") : reason;
    }

    private static JsonNode Restarts(JsonElement pod, DateTimeOffset now)
    {
        var count = Statuses(pod).Sum(s => s.Whole("restartCount") ?? 0);
        var last = Statuses(pod)
            .Select(s => s.Text("lastState", "terminated", "finishedAt"))
            .Max(StringComparer.Ordinal);
        return count > 0 && last is not null ? $"{count} ({Ages.Since(last, now)} ago)" : count.ToString();
    }

    private static JsonNode Gates(JsonElement pod)
    {
        var gates = pod.Items("spec", "readinessGates").Select(g => g.Text("conditionType")).ToList();
        var open = gates.Count(gate =>
            pod.Items("status", "conditions").Any(c => c.Text("type") == gate && c.Text("status") == "True")
        );
        return gates.Count == 0 ? "<none>" : $"{open}/{gates.Count}";
    }
}
