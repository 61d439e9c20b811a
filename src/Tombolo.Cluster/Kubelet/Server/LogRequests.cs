using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tombolo.Cluster.Kubelet;

/// <summary><c>GET /containerLogs/NAMESPACE/POD/CONTAINER</c></summary>
internal sealed class LogRequests(PodSet pods, TimeProvider time)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var (inNamespace, name, container) = Names(context);
        if (pods.Find(inNamespace, name) is not { } pod)
        {
            await StatusAnswer.WriteAsync(context, 404, "NotFound", $"pod \"{name}\" is not known to this kubelet");
            return;
        }
        LogQuery query;
        try
        {
            query = LogQuery.Parse(context.Request.Query, time.GetUtcNow().UtcDateTime);
        }
        catch (FormatException broken)
        {
            await StatusAnswer.WriteAsync(context, 400, "BadRequest", broken.Message);
            return;
        }
        if (FileOf(pod, container, query.Previous, out var problem) is not { } file)
        {
            await StatusAnswer.WriteAsync(context, 400, "BadRequest", problem);
            return;
        }
        context.Response.ContentType = "text/plain";
        var run = pod.Find(container)!.Restarts; // FileOf has found it
        await new LogReader(file, query, time).WriteAsync(
            context.Response.Body,
            () =>
                pods.Find(inNamespace, name)?.Find(container) is { IsRunning: true } now
                && now.Restarts == run
                && !query.Previous,
            context.RequestAborted
        );
    }

    internal static (string Namespace, string Pod, string Container) Names(HttpContext context) =>
        (
            context.GetRouteValue("ns")?.ToString() ?? "",
            context.GetRouteValue("pod")?.ToString() ?? "",
            context.GetRouteValue("container")?.ToString() ?? ""
        );

    private static string? FileOf(PodView pod, string container, bool previous, out string problem)
    {
        var name = pod.Pod.Metadata.Name;
        problem = "";
        switch (pod.Find(container))
        {
            case null:
                problem = $"container {container} is not valid for pod {name}";
                return null;
            case { Runs: 0 }:
                problem = $"container \"{container}\" in pod \"{name}\" is waiting to start";
                return null;
            case { Restarts: 0 } when previous:
                problem = $"previous terminated container \"{container}\" in pod \"{name}\" not found";
                return null;
            case var found:
                return LogPath.Of(pod.Directory, container, found.Restarts - (previous ? 1 : 0));
        }
    }
}
