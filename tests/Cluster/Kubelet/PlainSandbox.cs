using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tombolo.Cluster.Kubelet;

namespace Tombolo.Tests.Cluster.Kubelet;

/// <summary>A sandbox without namespaces: its processes are plain ones of this machine.</summary>
internal sealed class PlainSandbox : ISandbox
{
    private readonly ConcurrentDictionary<string, SandboxHandle> sandboxes = new();
    private readonly ConcurrentDictionary<int, string> processes = new();

    /// <summary>Specs of all that were made, in order.</summary>
    public ConcurrentQueue<SandboxSpec> Made { get; } = new();

    /// <summary>All processes that were started, in order.</summary>
    public ConcurrentQueue<PlainProcess> Started { get; } = new();

    public Task<SandboxHandle> CreateAsync(SandboxSpec spec, CancellationToken cancel)
    {
        Made.Enqueue(spec);
        var netns = Path.Combine(spec.Directory, "netns");
        File.WriteAllText(netns, "");
        return Task.FromResult(sandboxes[spec.Id] = new SandboxHandle(spec.Id, Environment.ProcessId, netns));
    }

    public Task RemoveAsync(string id, CancellationToken cancel)
    {
        foreach (var pid in processes.Where(p => p.Value == id).Select(p => p.Key))
        {
            PlainProcess.KillSession(pid);
            processes.TryRemove(pid, out _);
        }
        sandboxes.TryRemove(id, out _);
        return Task.CompletedTask;
    }

    public Task<ISandboxProcess> StartAsync(string id, ProcessSpec spec, CancellationToken cancel)
    {
        if (!sandboxes.ContainsKey(id))
        {
            throw new SandboxException($"sandbox {id} is not there");
        }
        var program = spec.Arguments[0];
        if (program.Contains('/') && !File.Exists(program))
        {
            throw new SandboxException($"{program}: no such file");
        }
        var process = PlainProcess.Start(spec);
        processes[process.Pid] = id;
        Started.Enqueue(process);
        return Task.FromResult<ISandboxProcess>(process);
    }

    public ISandboxProcess? Adopt(string id, int pid, long startTime) => PlainProcess.Adopt(pid, startTime);

    public IReadOnlyList<SandboxHandle> List() => [.. sandboxes.Values];

    /// <summary>As if all its processes had been killed and its namespaces taken away behind the kubelet's back.</summary>
    public Task LoseAllAsync() => Task.WhenAll(sandboxes.Keys.Select(id => RemoveAsync(id, default)));

    [DllImport("libc", EntryPoint = "kill")]
    internal static extern int Kill(int pid, int signal);
}
