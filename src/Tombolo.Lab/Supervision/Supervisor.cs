using Microsoft.Extensions.Logging;
using Tombolo.Lab.Processes;
using Tombolo.Linux;

namespace Tombolo.Lab.Supervision;

/// <summary>
/// Keeps one lab's roles running: starts each in its namespace, again when it ends, and ends them with itself. Holds the
/// sockets on the machine's 127.0.0.1, so that a role's restart loses no port.
/// </summary>
public sealed partial class Supervisor(LabPlace place, ILogger<Supervisor> log)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);

    // Who ran this long was started well: its next end begins a new series.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <returns>1 if another supervisor holds the lab.</returns>
    /// <exception cref="LabException">There is no such lab.</exception>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var spec =
            LabSpec.Read(place) ?? throw new LabException($"no lab '{place.Name}' here: {place.Spec} is missing");
        using var held = Files.TryLock(place.SupervisorLock);
        if (held is null)
        {
            LogHeld(log, place.Instance);
            return 1;
        }
        using var api = new BoundSocket(spec.ApiPort);
        using var door = new BoundSocket(spec.DoorPort);
        (spec with { ApiPort = api.Port, DoorPort = door.Port }).Write(place);
        Directory.CreateDirectory(place.Logs);
        await File.WriteAllTextAsync(place.SupervisorPid, $"{ProcessId.Of(Environment.ProcessId)}", cancel);

        LogStarted(log, place.Instance, spec.Nodes, api.Port, door.Port);
        // First what earlier roles left goes, then the next ones start, those that need an API server after it.
        File.Delete(place.InnerKubeconfig);
        var running = spec.Product ? spec.All.Select(node => ConfigureAsync(node, cancel)).ToList() : [];
        running.AddRange(Roles.Of(place, spec, api, door).Select(role => KeepAsync(role, cancel)));
        await Task.WhenAll(running);
        LogStopped(log, place.Instance);
        return 0;
    }

    private async Task KeepAsync(Role role, CancellationToken cancel)
    {
        var backoff = FirstBackoff;
        try
        {
            while (true)
            {
                await FileAsync(role.After, cancel);
                var began = TimeProvider.System.GetTimestamp();
                using (var process = RoleProcess.Start(place, role))
                {
                    LogRole(log, role.Name, process.Id);
                    try
                    {
                        await process.WaitForExitAsync(cancel);
                    }
                    catch (OperationCanceledException)
                    {
                        await StopAsync(ProcessId.Of(process.Id));
                        throw;
                    }
                    backoff = TimeProvider.System.GetElapsedTime(began) > Settled ? FirstBackoff : backoff;
                    LogEnded(log, role.Name, process.ExitCode, backoff.TotalSeconds);
                }
                await Task.Delay(backoff, cancel);
                backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested) { }
    }

    private static async Task StopAsync(ProcessId process)
    {
        process.Signal(Tombolo.Linux.Processes.SigTerm);
        if (!await ProcessTable.EndedAsync(process, StopWithin, CancellationToken.None))
        {
            process.Signal(Tombolo.Linux.Processes.SigKill);
        }
    }

    /// <summary>A node is ready once it has a CNI configuration: it gets one when its agent can be asked.</summary>
    private async Task ConfigureAsync(LabNode node, CancellationToken cancel)
    {
        var path = place.ConfList(node.Name);
        File.Delete(place.AgentSocket(node.Name)); // of an earlier agent
        Directory.CreateDirectory(Path.GetDirectoryName(path)!); // it has one
        File.Delete(path);
        try
        {
            await FileAsync(place.AgentSocket(node.Name), cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return;
        }
        await File.WriteAllTextAsync(path + ".new", ConfList.Of(place.AgentSocket(node.Name)), CancellationToken.None);
        File.Move(path + ".new", path);
        LogConfigured(log, node.Name);
    }

    private static async Task FileAsync(string? path, CancellationToken cancel)
    {
        while (path is not null && !File.Exists(path))
        {
            await Task.Delay(Look, cancel);
        }
    }

    [LoggerMessage(LogLevel.Error, "lab {Instance} has a supervisor already")]
    private static partial void LogHeld(ILogger log, string instance);

    [LoggerMessage(LogLevel.Information, "lab {Instance}: {Nodes} nodes, API on port {Api}, door on port {Door}")]
    private static partial void LogStarted(ILogger log, string instance, int nodes, int api, int door);

    [LoggerMessage(LogLevel.Information, "{Role}: runs as process {Pid}")]
    private static partial void LogRole(ILogger log, string role, int pid);

    [LoggerMessage(LogLevel.Warning, "{Role}: ended with code {Code}, next start in {Seconds} s; see its log")]
    private static partial void LogEnded(ILogger log, string role, int code, double seconds);

    [LoggerMessage(LogLevel.Information, "{Node}: CNI configured")]
    private static partial void LogConfigured(ILogger log, string node);

    [LoggerMessage(LogLevel.Information, "lab {Instance}: stopped")]
    private static partial void LogStopped(ILogger log, string instance);
}
