using Microsoft.Extensions.Logging;
using Tombolo.Values.Cni;

namespace Tombolo.Agent.Node;

// What the CNI plugin asks, but for ADD, which may have to wait.
internal sealed partial class NodeLoop
{
    private CniAnswer Answer(CniRequest request)
    {
        try
        {
            switch (request.Command)
            {
                case "DEL":
                    Detach(request);
                    return new CniAnswer(null, null);
                case "CHECK":
                    return Check(request);
                case "GC":
                    return CollectGarbage(request);
                case "STATUS":
                    return Status(request);
                default:
                    return Refuse(
                        request,
                        CniErrorCode.InvalidEnvironment,
                        $"this node's agent does not know the command {request.Command}",
                        "the plugin is newer than the agent: wait until the agent is updated"
                    );
            }
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            LogRefused(log, request.Command, $"{request.ContainerId}/{request.Interface}", broken.Message);
            return Refuse(request, CniErrorCode.Internal, $"{request.Command} did not succeed", broken.Message);
        }
    }

    private CniAnswer Check(CniRequest request)
    {
        var on = $"{request.Interface} of container {request.ContainerId}";
        if (attachments.Find(request.ContainerId, request.Interface) is not { } attachment)
        {
            return Refuse(request, CniErrorCode.UnknownContainer, $"{on} is not attached", null);
        }
        if (!converged || dirty)
        {
            var why = trouble ?? "no route server has told this node yet what it is to hold";
            return Refuse(request, CniErrorCode.TryAgainLater, $"{on} cannot be compared yet", why);
        }
        if (!state.Interfaces.TryGetValue(attachment.Uid, out var wanted))
        {
            return Refuse(request, CniErrorCode.Differs, $"{on} is not wanted here any more", "its pod is gone");
        }
        var shape = ShapeOf(wanted);
        List<string> differences =
        [
            .. PreviousResult.Differences(request, ResultOf(request, shape, wanted)),
            .. kernel.Differences(attachment, request.Netns, shape),
        ];
        return differences.Count == 0
            ? new CniAnswer(null, null)
            : Refuse(
                request,
                CniErrorCode.Differs,
                $"{on} is not as it was made",
                string.Join("; ", differences) + "; delete the pod, so that it is made anew"
            );
    }

    // As much as can be, and then the first that could not.
    private CniAnswer CollectGarbage(CniRequest request)
    {
        var valid = (request.Valid ?? []).Select(one => (one.ContainerId, one.Interface)).ToHashSet();
        IOException? first = null;
        foreach (
            var gone in attachments
                .All.Where(one => one.Network == request.Network && !valid.Contains((one.ContainerId, one.Interface)))
                .ToList()
        )
        {
            try
            {
                Detach(request with { ContainerId = gone.ContainerId, Interface = gone.Interface });
                LogCollected(log, $"{gone.Namespace}/{gone.Pod}", gone.ContainerId);
            }
            catch (IOException broken)
            {
                first ??= broken;
            }
        }
        kernel.RemoveAllBut(attachments.All);
        return first is null ? new CniAnswer(null, null) : throw first;
    }

    private CniAnswer Status(CniRequest request)
    {
        if (!converged)
        {
            return Refuse(
                request,
                CniErrorCode.NotAvailable,
                "this node cannot attach pods yet",
                "no route server has told it what it is to hold; see `tombolo status`"
            );
        }
        return streams.Any(stream => stream.View.Connected)
            ? new CniAnswer(null, null)
            : Refuse(
                request,
                CniErrorCode.LimitedConnectivity,
                "this node is headless",
                "no route server is connected: what is attached goes on as it is, changes do not arrive"
            );
    }

    [LoggerMessage(LogLevel.Error, "{Command} of {Attachment}: {Why}")]
    private static partial void LogRefused(ILogger log, string command, string attachment, string why);

    [LoggerMessage(LogLevel.Information, "{Pod} detached: the runtime no longer has container {Container}")]
    private static partial void LogCollected(ILogger log, string pod, string container);
}
