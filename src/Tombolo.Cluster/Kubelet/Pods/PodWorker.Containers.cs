using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.Kubelet;

/// <content>The pod's containers: started in order, restarted by policy.</content>
internal sealed partial class PodWorker
{
    private static readonly TimeSpan CrashBackoffCap = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConfigRetry = TimeSpan.FromSeconds(2);

    /// <summary>A run this long wipes out the crashes before it (as the kubelet has it).</summary>
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(10);

    private string RestartPolicy => Pod.Spec.RestartPolicy ?? "Always";

    /// <summary>No container runs, and none will again.</summary>
    private bool IsOver
    {
        get
        {
            var failedInit = containers.Exists(c =>
                c is { IsInit: true, IsSidecar: false }
                && c.State.End is not null
                && !Restarts(c)
                && c.State.End.ExitCode != 0
            );
            var main = containers.Where(c => !c.IsInit).ToList();
            return failedInit || (main.Count > 0 && main.TrueForAll(c => c.State.End is not null && !Restarts(c)));
        }
    }

    /// <summary>The containers of the spec, each with its state; a changed image makes it a new definition.</summary>
    private void Read(V1PodSpec spec)
    {
        var wantedNow = (spec.InitContainers ?? [])
            .Select(c => (Spec: c, Init: true))
            .Concat(spec.Containers.Select(c => (Spec: c, Init: false)));
        foreach (var (item, init) in wantedNow)
        {
            if (containers.Find(c => c.Name == item.Name) is { } known)
            {
                known.Replace |= known.Spec.Image != item.Image && !init;
                known.Spec = item;
                continue;
            }
            if (!state.Containers.TryGetValue(item.Name, out var kept))
            {
                state.Containers[item.Name] = kept = new ContainerState();
            }
            containers.Add(new Container(item, kept, init));
        }
    }

    /// <summary>One look at the containers. Gives when to look again.</summary>
    private async Task<TimeSpan?> RunContainersAsync(CancellationToken cancel)
    {
        TimeSpan? next = null;
        foreach (var container in containers)
        {
            if (container is { IsInit: true, IsSidecar: false })
            {
                if (container.State.End is { ExitCode: 0 })
                {
                    continue;
                }
                return await EnsureAsync(container, cancel); // the others wait for it
            }
            next = Earlier(next, await EnsureAsync(container, cancel));
            if (container.IsSidecar && !container.IsStarted)
            {
                return next;
            }
        }
        return next;
    }

    /// <summary>Starts a container that should run and may now; ends one that should not go on.</summary>
    private async Task<TimeSpan?> EnsureAsync(Container container, CancellationToken cancel)
    {
        if (container.State.IsRunning)
        {
            return await CheckRunningAsync(container);
        }
        if (container.State.End is not null && !Restarts(container))
        {
            return null;
        }
        if (services.Now < container.NotBefore)
        {
            return container.NotBefore - services.Now;
        }
        return await StartAsync(container, cancel);
    }

    private async Task<TimeSpan?> CheckRunningAsync(Container container)
    {
        if (container.KillAt is null && (container.Replace || container.Probes?.Failure is not null))
        {
            services.Events.Normal(
                Pod,
                "Killing",
                container.Replace
                    ? $"Container {container.Name} definition changed, will be restarted"
                    : $"Container {container.Name} failed {container.Probes!.Failure} probe, will be restarted" // not null above
            );
        }
        return container.KillAt is not null || container.Replace || container.Probes?.Failure is not null
            ? await StopAsync([container], TimeSpan.FromSeconds(Pod.Spec.TerminationGracePeriodSeconds ?? 30))
            : null;
    }

    private bool Restarts(Container container) =>
        container.Replace
        || container.IsSidecar
        || RestartPolicy switch
        {
            "Always" => !container.IsInit || container.State.End is not { ExitCode: 0 },
            "OnFailure" => container.State.End is not { ExitCode: 0 },
            _ => false,
        };

    private async Task<TimeSpan?> StartAsync(Container container, CancellationToken cancel)
    {
        IReadOnlyDictionary<string, string> environment;
        try
        {
            environment = await services.Environment.BuildAsync(Pod, container.Spec, state.Addresses, cancel);
        }
        catch (Exception broken) when (broken is EnvironmentException || Client.Transient.Is(broken))
        {
            return Wait(container, "CreateContainerConfigError", broken.Message, ConfigRetry);
        }
        var command = ContainerCommand.Of(container.Spec, services.Options.Images, environment, out var problem);
        if (problem is not null)
        {
            return Wait(container, "ErrImagePull", problem, null);
        }
        await RunAsync(container, command, environment, cancel);
        return container.State.IsRunning ? null : TimeSpan.Zero;
    }

    private TimeSpan? Wait(Container container, string reason, string message, TimeSpan? again)
    {
        var waiting = new Waiting(reason, message);
        if (container.Waiting != waiting)
        {
            container.Waiting = waiting;
            services.Events.Warning(Pod, "Failed", $"Error: {message}");
        }
        container.NotBefore = services.Now + (again ?? TimeSpan.Zero);
        return again;
    }

    private async Task RunAsync(
        Container container,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancel
    )
    {
        var run = container.State;
        if (run.Id is not null)
        {
            run.Restarts++;
            run.LastEnd = run.End;
        }
        (run.Id, run.End, run.StartedAt) = (NewId(), null, services.Now);
        (container.Waiting, container.KillAt, container.Replace) = (null, null, false);
        try
        {
            var log = LogPath.Of(Directory, container.Name, run.Restarts);
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(log)!); // below the pod's folder
            container.Process =
                command.Count == 0
                    ? new NoProcess()
                    : await services.Sandbox.StartAsync(
                        state.SandboxId!, // there is a sandbox before there are containers
                        new ProcessSpec(command, environment, container.Spec.WorkingDir, log),
                        cancel
                    );
        }
        catch (SandboxException broken)
        {
            services.Events.Warning(Pod, "Failed", $"Error: {broken.Message}");
            End(container, 128, "StartError", broken.Message);
            Save();
            return;
        }
        (run.Pid, run.ProcessStart) = (container.Process.Pid, container.Process.StartTime);
        Save();
        Attend(container, container.Process);
        services.Events.Normal(Pod, "Created", $"Created container: {container.Name}");
        services.Events.Normal(Pod, "Started", $"Started container {container.Name}");
        LogStarted(services.Log, state.Namespace, state.Name, container.Name, run.Pid);
    }

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other ?? one : one;

    [LoggerMessage(LogLevel.Information, "pod {Namespace}/{Name}: container {Container} started as {Pid}")]
    private static partial void LogStarted(ILogger log, string @namespace, string name, string container, int pid);
}
