using k8s.Models;

namespace Tombolo.Cluster.Kubelet;

/// <summary>A pod's status from the state of its containers. Pure: the same state gives the same status.</summary>
internal static class PodStatus
{
    /// <param name="before">The status before this one: what has not changed keeps its time.</param>
    public static V1PodStatus Of(
        V1Pod pod,
        V1PodStatus? before,
        PodState state,
        IReadOnlyList<Container> containers,
        string hostAddress,
        DateTime now
    )
    {
        now = Seconds(now);
        var phase = PhaseOf(pod, state, containers);
        return new V1PodStatus
        {
            Phase = phase,
            StartTime = before?.StartTime ?? now,
            HostIP = hostAddress,
            HostIPs = [new V1HostIP { Ip = hostAddress }],
            PodIP = state.Addresses.Count > 0 ? state.Addresses[0] : null,
            PodIPs = state.Addresses.Count > 0 ? [.. state.Addresses.Select(ip => new V1PodIP { Ip = ip })] : null,
            Conditions = Conditions(pod, before, state, containers, phase, now),
            InitContainerStatuses = Statuses(containers.Where(c => c.IsInit)),
            ContainerStatuses = Statuses(containers.Where(c => !c.IsInit)),
        };
    }

    public static string PhaseOf(V1Pod pod, PodState state, IReadOnlyList<Container> containers)
    {
        var main = containers.Where(c => !c.IsInit).ToList();
        var deleting = pod.Metadata.DeletionTimestamp is not null;
        var ran = containers.Any(c => c.State.Id is not null);
        if (ran && (state.Finished || (deleting && containers.All(c => !c.State.IsRunning))))
        {
            var failed = containers.Any(c => !c.IsSidecar && c.State.End is { ExitCode: not 0 });
            return failed ? "Failed" : "Succeeded";
        }
        return main.Exists(c => c.State.Id is not null) ? "Running" : "Pending";
    }

    private static List<V1ContainerStatus>? Statuses(IEnumerable<Container> containers)
    {
        var statuses = containers.Select(StatusOf).ToList();
        return statuses.Count > 0 ? statuses : null;
    }

    private static V1ContainerStatus StatusOf(Container container)
    {
        var state = container.State;
        return new V1ContainerStatus
        {
            Name = container.Name,
            Image = container.Spec.Image,
            ImageID = state.Id is null ? "" : container.Spec.Image,
            ContainerID = IdOf(state.Id),
            RestartCount = state.Restarts,
            // An init container that has done its work is ready for good.
            Ready = container is { IsInit: true, IsSidecar: false } ? state.End is { ExitCode: 0 } : container.IsReady,
            Started = container.IsStarted,
            State = CurrentOf(container),
            LastState = LastOf(container) is { } last ? new V1ContainerState { Terminated = Ended(last) } : null,
        };
    }

    private static V1ContainerState CurrentOf(Container container)
    {
        var state = container.State;
        if (container.Waiting is { } waiting)
        {
            return new()
            {
                Waiting = new() { Reason = waiting.Reason, Message = waiting.Message },
            };
        }
        if (state.End is { } end)
        {
            return new() { Terminated = Ended(end) };
        }
        return state.Id is null
            ? new() { Waiting = new() { Reason = container.IsInit ? "PodInitializing" : "ContainerCreating" } }
            : new() { Running = new() { StartedAt = Seconds(state.StartedAt) } };
    }

    // While it waits for a restart, the run that ended is the last one.
    private static ContainerEnd? LastOf(Container container) =>
        container.Waiting is not null && container.State.End is { } end ? end : container.State.LastEnd;

    private static V1ContainerStateTerminated Ended(ContainerEnd end) =>
        new()
        {
            ExitCode = end.ExitCode,
            Reason = end.Reason,
            Message = end.Message,
            StartedAt = Seconds(end.StartedAt),
            FinishedAt = Seconds(end.EndedAt),
            ContainerID = IdOf(end.Id),
        };

    // Kubernetes' times are whole seconds.
    private static DateTime Seconds(DateTime time) =>
        new(time.Ticks - time.Ticks % TimeSpan.TicksPerSecond, DateTimeKind.Utc);

    private static string? IdOf(string? id) => id is null ? null : $"lab://{id}";

    private static List<V1PodCondition> Conditions(
        V1Pod pod,
        V1PodStatus? before,
        PodState state,
        IReadOnlyList<Container> containers,
        string phase,
        DateTime now
    )
    {
        var over = phase is "Succeeded" or "Failed";
        var sandbox = state.SandboxId is not null && (state.HostNetwork || state.NetworkResult is not null);
        var initialized = containers
            .Where(c => c.IsInit)
            .All(c => c.IsSidecar ? c.IsStarted || over : c.State.End is { ExitCode: 0 });
        var unready = containers.Where(c => !c.IsInit && !c.IsReady).Select(c => c.Name).ToList();
        var (why, message) = over
            ? (phase == "Succeeded" ? "PodCompleted" : "PodFailed", null)
            : ("ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
        var containersReady = unready.Count == 0 && initialized && sandbox && !over;
        var closed = (pod.Spec.ReadinessGates ?? [])
            .Where(gate => pod.Status?.Conditions?.Any(c => c.Type == gate.ConditionType && c.Status == "True") != true)
            .Select(gate => gate.ConditionType)
            .ToList();
        var ready = containersReady && closed.Count == 0;
        if (containersReady && !ready)
        {
            (why, message) = ("ReadinessGatesNotReady", $"conditions that are not True: [{string.Join(' ', closed)}]");
        }
        var conditions = new List<V1PodCondition>
        {
            Condition("PodReadyToStartContainers", sandbox, null, null),
            Condition("Initialized", initialized, initialized ? null : "ContainersNotInitialized", null),
            Condition("Ready", ready, ready ? null : why, ready ? null : message),
            Condition(
                "ContainersReady",
                containersReady,
                containersReady ? null
                    : over ? why
                    : "ContainersNotReady",
                containersReady || over ? null : $"containers with unready status: [{string.Join(' ', unready)}]"
            ),
            pod.Status?.Conditions?.FirstOrDefault(c => c.Type == "PodScheduled")
                ?? Condition("PodScheduled", true, null, null),
        };
        return conditions;

        V1PodCondition Condition(string type, bool status, string? reason, string? text)
        {
            var word = status ? "True" : "False";
            var old = before?.Conditions?.FirstOrDefault(c => c.Type == type);
            return new V1PodCondition
            {
                Type = type,
                Status = word,
                Reason = reason,
                Message = text,
                LastTransitionTime = old?.Status == word ? old.LastTransitionTime : now,
            };
        }
    }
}
