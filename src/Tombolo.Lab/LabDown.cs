using Tombolo.Lab.Processes;
using Tombolo.Lab.Sandboxes;
using Tombolo.Linux;

namespace Tombolo.Lab;

/// <summary>Removes a lab, whatever is left of it: by what carries its instance, not by what somebody wrote down.</summary>
public sealed class LabDown(LabPlace place, Progress progress)
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    /// <summary>Doing it twice changes nothing.</summary>
    /// <exception cref="LabException">Another command of the lab is at work.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("removing a lab needs root");
        }
        var had = Directory.Exists(place.Run) || Directory.Exists(place.State);
        Directory.CreateDirectory(place.Run);
        using (var held = Files.TryLock(place.CommandLock))
        {
            if (held is null)
            {
                throw new LabException($"another up or down of lab '{place.Name}' is at work");
            }
            var processes = await StopAsync(cancel);
            var (pods, inPods) = await RemovePodsAsync(cancel);
            var pins = Unpin();
            var namespaces = RemoveNamespaces();
            DeleteTree(place.Run);
            DeleteTree(place.State);
            DeleteIfEmpty(Path.GetDirectoryName(place.Run)!); // both have a parent
            DeleteIfEmpty(Path.GetDirectoryName(place.State)!);
            if (!had && processes == 0)
            {
                progress.Say($"lab '{place.Name}': nothing to remove");
                return;
            }
            progress.Say(
                $"lab '{place.Name}' removed: {processes + inPods} processes, {pods} pods, {namespaces} namespaces with their"
                    + $" links, {pins} pinned BPF objects, {place.Run}, {place.State}"
            );
        }
    }

    private async Task<int> StopAsync(CancellationToken cancel)
    {
        List<ProcessId> Find() => ProcessTable.WithVariable(ProcessTable.InstanceVariable, place.Instance);
        var found = Find().Count;
        // In order: the supervisor ends its roles, the API server closes its database.
        if (ProcessId.Read(place.SupervisorPid) is { } supervisor && supervisor.Signal(Tombolo.Linux.Processes.SigTerm))
        {
            await ProcessTable.EndedAsync(supervisor, StopWithin, cancel);
        }
        await ProcessTable.KillAllAsync(Find, cancel);
        return found;
    }

    private async Task<(int Pods, int Processes)> RemovePodsAsync(CancellationToken cancel)
    {
        var (pods, processes) = (0, 0);
        foreach (var directory in Directory.EnumerateDirectories(place.Run).Select(node => Path.Combine(node, "pods")))
        {
            foreach (var home in Directory.Exists(directory) ? Directory.GetDirectories(directory) : [])
            {
                processes += await NetnsSandbox.RemoveAsync(directory, Path.GetFileName(home), cancel);
                pods++;
            }
        }
        return (pods, processes);
    }

    /// <summary>
    /// Pins go by name before their mount goes: a copy of the mount elsewhere would keep them. Files at the very top are
    /// the kernel's own (<c>maps.debug</c>), and not to be removed.
    /// </summary>
    private int Unpin()
    {
        if (!MountTable.Has(place.Bpf))
        {
            return 0;
        }
        var pins = 0;
        foreach (var directory in Directory.GetDirectories(place.Bpf))
        {
            pins += Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Length;
            Directory.Delete(directory, recursive: true);
        }
        Mounts.Detach(place.Bpf);
        return pins;
    }

    private int RemoveNamespaces()
    {
        var namespaces = Directory
            .EnumerateDirectories(place.Run)
            .Select(node => Path.Combine(node, "netns"))
            .Append(place.Control)
            .Append(place.Router)
            .Count(Netns.Delete);
        foreach (var other in MountTable.Below(place.Run))
        {
            Mounts.Detach(other);
        }
        return namespaces;
    }

    private static void DeleteTree(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void DeleteIfEmpty(string directory)
    {
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
