using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tombolo.Cluster.Kubelet;

/// <content>The processes of the containers: watched, taken over, ended.</content>
internal sealed partial class PodWorker
{
    /// <summary>Takes over what an earlier kubelet left; what is gone meanwhile has ended with a code that nobody saw.</summary>
    private void AdoptAll()
    {
        var sandboxIsThere = state.SandboxId is { } id && services.Sandbox.List().Any(handle => handle.Id == id);
        foreach (var container in containers.Where(c => c.State.IsRunning))
        {
            var process =
                !sandboxIsThere ? null
                : container.State.Pid == 0 ? new NoProcess()
                : services.Sandbox.Adopt(state.SandboxId!, container.State.Pid, container.State.ProcessStart); // not null if it is there
            if (process is null)
            {
                End(
                    container,
                    ISandboxProcess.UnknownExit,
                    "ContainerStatusUnknown",
                    "it ended while no kubelet was watching"
                );
                Save();
                continue;
            }
            container.Process = process;
            Attend(container, process);
            LogAdopted(services.Log, state.Namespace, state.Name, container.Name, process.Pid);
        }
        if (state.SandboxId is not null && !sandboxIsThere && !wanted.Ends)
        {
            // Namespaces do not come back: DEL and a new sandbox, with the containers in it.
            (state.NetworkResult, state.HostNetwork) = (null, false);
            services.Events.Normal(Pod, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
        }
    }

    /// <summary>Wakes the loop when the process ends, and starts its probes.</summary>
    private void Attend(Container container, ISandboxProcess process)
    {
        process.ExitCode.GetAwaiter().OnCompleted(wakeUp.Call);
        if (wanted.Ends)
        {
            return;
        }
        var spec = container.Spec;
        if (ContainerProbes.Unsupported(spec) is { } kinds)
        {
            services.Events.Warning(
                Pod,
                "ProbeNotSupported",
                $"Container {spec.Name} has {kinds} probes, which this kubelet does not run yet (they come with a later "
                    + "version): it stays unready. Exec probes are run"
            );
        }
        if (spec.VolumeMounts is { Count: > 0 } || spec.Lifecycle is not null)
        {
            services.Events.Warning(
                Pod,
                "NotSupported",
                $"Container {spec.Name}: this kubelet does not mount volumes and runs no lifecycle hooks yet; they are ignored"
            );
        }
        container.Probes = new ContainerProbes(
            spec,
            (probe, cancel) => ProbeAsync(spec, probe, cancel),
            wakeUp.Call,
            message => services.Events.Warning(Pod, "Unhealthy", message),
            services.Options.Time
        );
        container.Probes.Start();
    }

    private async Task<ProbeResult> ProbeAsync(V1Container spec, V1Probe probe, CancellationToken cancel)
    {
        try
        {
            var environment = await services.Environment.BuildAsync(Pod, spec, state.Addresses, cancel);
            var command = new ProcessSpec([.. probe.Exec.Command], environment, spec.WorkingDir);
            return await ExecProbe.RunAsync(
                services.Sandbox,
                state.SandboxId ?? "",
                probe,
                command,
                services.Options.Time,
                cancel
            );
        }
        catch (Exception broken) when (broken is EnvironmentException || Client.Transient.Is(broken))
        {
            return new ProbeResult(false, broken.Message);
        }
    }

    /// <summary>Writes down which processes have ended since the last look.</summary>
    private async Task NoteEndsAsync()
    {
        foreach (var container in containers.Where(c => c.Process is { ExitCode.IsCompleted: true }))
        {
            var process = container.Process!; // by the condition above
            var code = await process.ExitCode;
            await process.DisposeAsync();
            await StopProbesAsync(container);
            (container.Process, container.Probes) = (null, null);
            End(container, code, code == 0 ? "Completed" : "Error", null);
            Save();
        }
    }

    private void End(Container container, int code, string reason, string? message)
    {
        var run = container.State;
        run.End = new ContainerEnd(run.Id ?? "", code, reason, message, run.StartedAt, services.Now);
        container.KillAt = null;
        LogEnded(services.Log, state.Namespace, state.Name, container.Name, code);
        if (wanted.Ends || !Restarts(container))
        {
            return;
        }
        run.Crashes = services.Now - run.StartedAt >= LongRun ? 1 : run.Crashes + 1;
        if (run.Crashes < 2 || container.Replace)
        {
            return; // the first time it starts again at once
        }
        var backoff = Client.Backoff.Of(services.Options.CrashBackoff, CrashBackoffCap) with
        {
            Failures = run.Crashes - 1,
        };
        container.NotBefore = services.Now + backoff.Delay;
        container.Waiting = new Waiting(
            "CrashLoopBackOff",
            $"back-off {backoff.Delay.TotalSeconds:0}s restarting failed container={container.Name} "
                + $"pod={state.Name}_{state.Namespace}({state.Uid})"
        );
        services.Events.Warning(
            Pod,
            "BackOff",
            $"Back-off restarting failed container {container.Name} in pod {state.Name}_{state.Namespace}({state.Uid})"
        );
    }

    /// <summary>SIGTERM now, SIGKILL when the grace is over.</summary>
    /// <returns>When to look again; null: none of them runs.</returns>
    private async Task<TimeSpan?> StopAsync(IReadOnlyList<Container> running, TimeSpan grace)
    {
        TimeSpan? next = null;
        foreach (var container in running)
        {
            var deadline = services.Now + grace;
            if (container.KillAt is null)
            {
                if (!container.Replace && container.Probes?.Failure is null)
                {
                    services.Events.Normal(Pod, "Killing", $"Stopping container {container.Name}");
                }
                await StopProbesAsync(container);
                container.KillAt = deadline;
                container.Process?.Signal(Signals.Terminate);
            }
            else if (deadline < container.KillAt)
            {
                container.KillAt = deadline; // a second deletion asks for less
            }
            if (services.Now >= container.KillAt)
            {
                container.Process?.Kill();
                next = Earlier(next, TimeSpan.FromSeconds(1)); // its end wakes us
            }
            else
            {
                next = Earlier(next, container.KillAt - services.Now);
            }
        }
        return next;
    }

    private static async Task StopProbesAsync(Container container)
    {
        if (container.Probes is { } probes)
        {
            await probes.DisposeAsync();
        }
    }

    [LoggerMessage(LogLevel.Information, "pod {Namespace}/{Name}: container {Container} ended with {Code}")]
    private static partial void LogEnded(ILogger log, string @namespace, string name, string container, int code);

    [LoggerMessage(LogLevel.Information, "pod {Namespace}/{Name}: container {Container} taken over as {Pid}")]
    private static partial void LogAdopted(ILogger log, string @namespace, string name, string container, int pid);
}
