using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Tombolo.Cluster.Kubelet;

/// <summary><c>/exec/NAMESPACE/POD/CONTAINER?command=..&amp;stdin=..</c> over a WebSocket.</summary>
internal sealed class ExecRequests(PodServices services, PodSet pods)
{
    private static readonly string[] Protocols = [ExecChannels.V5, ExecChannels.V4];

    public async Task AnswerAsync(HttpContext context)
    {
        var (inNamespace, name, container) = LogRequests.Names(context);
        if (pods.Find(inNamespace, name) is not { } pod || pod.Find(container) is not { } found)
        {
            await StatusAnswer.WriteAsync(
                context,
                404,
                "NotFound",
                $"container \"{container}\" of pod \"{name}\" is not known to this kubelet"
            );
            return;
        }
        if (!found.IsRunning || pod.SandboxId is null)
        {
            await StatusAnswer.WriteAsync(
                context,
                400,
                "BadRequest",
                $"container \"{container}\" of pod \"{name}\" is not running"
            );
            return;
        }
        var query = ExecQuery.Parse(context.Request.Query);
        if (query.Command.Count == 0)
        {
            await StatusAnswer.WriteAsync(context, 400, "BadRequest", "you must specify at least 1 command for exec");
            return;
        }
        var protocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(p => Protocols.Contains(p));
        if (!context.WebSockets.IsWebSocketRequest || protocol is null)
        {
            await StatusAnswer.WriteAsync(
                context,
                400,
                "BadRequest",
                $"exec is served over WebSocket with {string.Join(" or ", Protocols)}"
            );
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol);
        await RunAsync(socket, pod, found, query, context.RequestAborted);
    }

    private async Task RunAsync(
        WebSocket socket,
        PodView pod,
        ContainerView container,
        ExecQuery query,
        CancellationToken cancel
    )
    {
        using var channels = new ExecChannels(socket, query);
        ISandboxProcess process;
        try
        {
            var built = await services.Environment.BuildAsync(pod.Pod, container.Spec, pod.Addresses, cancel);
            var environment = new Dictionary<string, string>(built) { ["TERM"] = "xterm" };
            process = await services.Sandbox.StartAsync(
                pod.SandboxId ?? "",
                new ProcessSpec(
                    query.Command,
                    query.Tty ? environment : built,
                    container.Spec.WorkingDir,
                    Stdin: query.Stdin,
                    Tty: query.Tty
                ),
                cancel
            );
        }
        catch (Exception broken)
            when (broken is SandboxException or EnvironmentException || Client.Transient.Is(broken))
        {
            await channels.FailAsync(broken.Message, cancel);
            return;
        }
        await using (process)
        {
            await channels.ServeAsync(process, cancel);
        }
    }
}
