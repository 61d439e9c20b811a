using System.Diagnostics;
using Tombolo.Cluster.Kubelet;
using Tombolo.Lab.Processes;
using Tombolo.Linux;

namespace Tombolo.Lab.Sandboxes;

/// <summary>
/// Pods as processes of the host in a network, mount and UTS namespace of their own. A holder, <c>sleep infinity</c>, keeps the
/// last two open; the network namespace has a file. There is no PID namespace: a process is of a pod if it carries the
/// sandbox's id in its environment or is in one of its namespaces.
/// </summary>
/// <param name="directory">A folder per sandbox; in the machine's mount namespace, under /run.</param>
/// <param name="instance">The lab's, which every process carries too.</param>
public sealed class NetnsSandbox(string directory, string instance) : ISandbox
{
    public async Task<SandboxHandle> CreateAsync(SandboxSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(spec);
        await RemoveAsync(spec.Id, cancel);
        var home = Home(spec.Id);
        try
        {
            Directory.CreateDirectory(home);
            var netns = spec.HostNetwork ? "/proc/self/ns/net" : Path.Combine(home, "netns");
            if (!spec.HostNetwork)
            {
                Underlay.EnsureNetns(netns);
            }
            var holder = Holder.Start(spec, netns, home, instance);
            var record = new SandboxRecord(
                spec.PodNamespace,
                spec.PodName,
                spec.PodUid,
                spec.HostNetwork ? $"/proc/{holder.Pid}/ns/net" : netns,
                spec.HostNetwork,
                holder.Pid,
                holder.StartTime,
                ProcessTable.NamespaceOf(holder.Pid, "mnt")
                    ?? throw new SandboxException("the sandbox's holder ended at once")
            );
            record.Write(home);
            return new SandboxHandle(spec.Id, holder.Pid, record.Netns);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SandboxException)
        {
            await RemoveAsync(spec.Id, CancellationToken.None);
            throw new SandboxException($"sandbox of pod {spec.PodNamespace}/{spec.PodName}: {failed.Message}", failed);
        }
    }

    public Task RemoveAsync(string id, CancellationToken cancel) => RemoveAsync(directory, id, cancel);

    /// <summary>Of any node, by somebody who is no kubelet.</summary>
    /// <returns>How many processes it had.</returns>
    internal static async Task<int> RemoveAsync(string directory, string id, CancellationToken cancel)
    {
        var home = Path.Combine(directory, id);
        if (!Directory.Exists(home))
        {
            return 0;
        }
        var netns = Path.Combine(home, "netns");
        var record = SandboxRecord.Read(home);
        var killed = await ProcessTable.KillAllAsync(
            () =>
            {
                var namespaces = new HashSet<string>();
                if (File.Exists(netns) && ProcessTable.NamespaceAt(netns) is { } net)
                {
                    namespaces.Add(net);
                }
                // Only while the holder lives the number is surely its namespace's.
                if (record is { Holder.IsAlive: true })
                {
                    namespaces.Add(record.MountNamespace);
                }
                var found = ProcessTable.WithVariable(ProcessTable.SandboxVariable, id);
                return [.. found.Union(ProcessTable.InNamespaces(namespaces))];
            },
            cancel
        );
        Netns.Delete(netns);
        Directory.Delete(home, recursive: true);
        return killed;
    }

    public Task<ISandboxProcess> StartAsync(string id, ProcessSpec spec, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(spec);
        cancel.ThrowIfCancellationRequested();
        if (SandboxRecord.Read(Home(id)) is not { Holder.IsAlive: true } record)
        {
            throw new SandboxException($"no sandbox {id}: it was removed, or its holder was killed");
        }
        return Task.FromResult<ISandboxProcess>(StartedProcess.Start(record, id, spec, instance));
    }

    public ISandboxProcess? Adopt(string id, int pid, long startTime)
    {
        var process = new ProcessId(pid, startTime);
        return process.IsAlive ? new AdoptedProcess(process) : null;
    }

    public IReadOnlyList<SandboxHandle> List() =>
        Directory.Exists(directory)
            ?
            [
                .. from home in Directory.EnumerateDirectories(directory)
                let record = SandboxRecord.Read(home)
                where record is { Holder.IsAlive: true }
                select new SandboxHandle(Path.GetFileName(home), record.HolderPid, record.Netns),
            ]
            : [];

    private string Home(string id) => Path.Combine(directory, id);
}
